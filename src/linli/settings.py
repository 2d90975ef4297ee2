"""Django settings; everything a town may change comes from the environment."""

import os
from pathlib import Path
from tempfile import gettempdir

import dj_database_url
from django.utils.translation import gettext_lazy as _

from linli.home import home, outside_accounts, secret_key

BASE_DIR = Path(__file__).parent
HOME = home()
DEMO = os.environ.get("LINLI_DEMO") == "1"
DEBUG = os.environ.get("LINLI_DEBUG") == "1"
SECRET_KEY = os.environ.get("LINLI_SECRET_KEY") or secret_key()
ALLOWED_HOSTS = os.environ.get("LINLI_HOSTS", "localhost 127.0.0.1 [::1]").split()
CSRF_TRUSTED_ORIGINS = os.environ.get("LINLI_ORIGINS", "").split()
SECURE_TRANSPORT = os.environ.get("LINLI_HTTPS") == "1"

INSTALLED_APPS = [
    "linli.places",
    "linli.people",
    "linli.cases",
    "linli.scores",
    "linli.doors",
    "linli.stewards",
    "linli.topics",
    "linli.enterprises",
    "linli.programmes",
    "linli.indicators",
    "linli.assets.register",
    "linli.assets.telemetry",
    "linli.assets.inspection",
    "linli.assets.maintenance",
    "linli.logistics.chain",
    "linli.assets.growing",
    "linli.logistics.delivery",
    "linli.packs",
    "linli.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "linli.web.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "linli.people.sessions.Sessions",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "linli.web.policy.content_security_policy",
]

ROOT_URLCONF = "linli.urls"
ASGI_APPLICATION = "linli.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.web.context.town",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'linli.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Tests use a real file too: a database in memory locks in another way.
    DATABASES["default"]["TEST"] = {"NAME": f"{gettempdir()}/linli-test-{os.getpid()}.sqlite3"}
    # A writer takes its lock when the transaction starts: a read that later turns
    # into a write would otherwise fail at once instead of waiting its turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
        ),
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["linli.people.signing_in.Accounts"]
API_TOKEN = os.environ.get("LINLI_API_TOKEN", "")
API_PER_MINUTE = int(os.environ.get("LINLI_API_PER_MINUTE", "3000"))  # requests of one key
API_ANONYMOUS_PER_MINUTE = 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

# Residents may make an account themselves; all others are made by administrators.
SIGN_UP = os.environ.get("LINLI_SIGN_UP") == "1"
# Roles that may not go without a second factor, such as "administrator dispatcher".
MFA_ROLES = os.environ.get("LINLI_MFA_ROLES", "").split()
ACCOUNT_ADAPTER = "linli.people.signing_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"signup": "linli.web.account.forms.SignUpForm"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Counted in the database instead, across all workers: linli.people.limits.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "linli.people.signing_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "linli.people.signing_in.CodeForm",
    "reauthenticate": "linli.people.signing_in.ConfirmCodeForm",
}
SOCIALACCOUNT_ADAPTER = "linli.people.signing_in.OutsideAdapter"
# The way there is a link: our policy lets no form lead to another site.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = outside_accounts(os.environ)
if "dingtalk" in SOCIALACCOUNT_PROVIDERS:  # its addresses answer only where it is set up
    INSTALLED_APPS.append("allauth.socialaccount.providers.dingtalk")

# A session ends when it has not been used for so long.
SESSION_COOKIE_AGE = 60 * int(os.environ.get("LINLI_IDLE_MINUTES", "480"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TRANSPORT
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TRANSPORT else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Messages that leave the house. Without a mail server nobody is offered e-mail.
EMAIL_HOST = os.environ.get("LINLI_EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("LINLI_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("LINLI_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("LINLI_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("LINLI_EMAIL_SECURITY") == "starttls"
EMAIL_USE_SSL = os.environ.get("LINLI_EMAIL_SECURITY") == "ssl"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("LINLI_EMAIL_FROM", "linli@localhost")
# Where people reach this installation, for links in messages.
SITE_URL = os.environ.get("LINLI_URL", "").rstrip("/")
# Networks that webhooks may reach although they are private, such as "10.0.0.0/8".
WEBHOOK_NETS = os.environ.get("LINLI_WEBHOOK_NETS", "").split()

# "postgres": points of telemetry are kept in the database of the town; see docs/telemetry.md.
TELEMETRY = os.environ.get("LINLI_TELEMETRY", "")

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = HOME / "files"
MODELS_ROOT = HOME / "models"
# What may be sent without an account: photos a report, megabytes each, and from one address
# reports an hour, questions while typing, and steps with a receipt code.
GUESTS_FILES = int(os.environ.get("LINLI_GUESTS_FILES", "3"))
GUESTS_FILE_MB = int(os.environ.get("LINLI_GUESTS_FILE_MB", "10"))
GUESTS_REPORTS_AN_HOUR = int(os.environ.get("LINLI_GUESTS_REPORTS_AN_HOUR", "20"))
GUESTS_QUESTIONS_AN_HOUR = int(os.environ.get("LINLI_GUESTS_QUESTIONS_AN_HOUR", "600"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Addresses of raster tiles to lay under the maps, with {z}, {x} and {y}; see docs/maps.md.
MAP_TILES = os.environ.get("LINLI_TILES", "").split()
MAP_TILES_ATTRIBUTION = os.environ.get("LINLI_TILES_ATTRIBUTION", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
