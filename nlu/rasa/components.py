"""Rasa's graph components: thin wrappers, so that both engines read with the very same code. Runs in Rasa's environment only.

The open question's slot travels before the text, parted by a unit separator; the tokenizer takes it off.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.classifier import Classifier, train
from nlu.reading import Expecting
from nlu.text import plain

SLOT_MARK = "\x1f"
MODEL_FILE = "classifier.bin"


def parted(text: str) -> tuple:
    """(slot or None, the words themselves)."""
    slot, mark, words = text.partition(SLOT_MARK)
    return (slot or None, words) if mark else (None, text)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class PlainTokenizer(Tokenizer):
    """Tokens are plain words: unaccented, Telex slips and teencode spelled out, as `nlu.text` has them."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlainTokenizer:
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        if attribute != TEXT:
            return [Token(text, 0)]
        _, words = parted(text)
        offset = len(text) - len(words)
        tokens = [Token(word.key, offset + word.start, offset + word.end) for word in plain(words).words]
        return tokens or [Token("…", 0)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Programmes(GraphComponent):
    """What Rasa's one intent slot cannot say: the programmes and the further topics, from `nlu.classifier`."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    @staticmethod
    def required_packages() -> list[str]:
        return ["msgspec", "numpy", "scipy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Programmes:
        component = cls(train())
        component._resource, component._storage = resource, model_storage
        return component

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            (folder / MODEL_FILE).write_bytes(self._classifier.dump())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **more: Any,
    ) -> Programmes:
        with model_storage.read_from(resource) as folder:
            return cls(Classifier.load((folder / MODEL_FILE).read_bytes()))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            slot, words = parted(message.get(TEXT) or "")
            intent = self._classifier.classify(words, Expecting(slot=slot))
            told = {"programme": intent.programme, "programmes": list(intent.programmes), "topics": list(intent.topics)}
            message.set("vayvon", told, add_to_output=True)
        return messages
