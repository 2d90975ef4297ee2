from django.apps import AppConfig


class TopicsConfig(AppConfig):
    name = "linli.topics"
    label = "topics"
