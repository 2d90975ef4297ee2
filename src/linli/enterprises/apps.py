from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "linli.enterprises"
    label = "enterprises"

    def ready(self) -> None:
        # They declare who may see what, and listen to what is written.
        from linli.enterprises import marks, visibility  # noqa: F401
        from linli.enterprises.ladder import visibility as of_the_ladder  # noqa: F401
        from linli.enterprises.matching import visibility as of_matching  # noqa: F401
        from linli.enterprises.per_mu import visibility as of_scores  # noqa: F401
