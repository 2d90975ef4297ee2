from django.apps import AppConfig


class ScoresConfig(AppConfig):
    name = "linli.scores"
    label = "scores"
