"""Rasa's graph components: thin wrappers, so that both engines read with the very same code. Runs in Rasa's environment only.

The open question's slot travels before the text, parted by a unit separator; the tokenizer takes it off.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import msgspec
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from nlu.classifier import Classifier, train
from nlu.features import Features, Saved, answered_with, count, keys_of
from nlu.read import read_entities
from nlu.reading import Expecting, Intent
from nlu.text import plain
from nlu.training import SEED, Example, examples, made_up, varied

SLOT_MARK = "\x1f"
MODEL_FILE = "classifier.bin"
FEATURES_FILE = "features.bin"


def parted(text: str) -> tuple:
    """(slot or None, the words themselves)."""
    slot, mark, words = text.partition(SLOT_MARK)
    return (slot or None, words) if mark else (None, text)


def joined(example: Example) -> str:
    """The example as `parted` takes it apart."""
    return f"{example.slot}{SLOT_MARK}{example.text}" if example.slot else example.text


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class PlainTokenizer(Tokenizer):
    """Tokens are plain words: unaccented, Telex slips and teencode spelled out, as `nlu.text` has them.

    In training it also adds what `nlu.training` makes of each sentence: the ways of typing it, the slot it answers.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
            "seed": SEED,
            "variants": 3,  # of each sentence at most: more take minutes and gain nothing measurable here
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

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Only variants of the sentences given are added, so that Rasa's own cross-validation stays honest."""
        known = {(example.text, example.topics[0]): example for example in examples()}
        given = list(training_data.training_examples)
        taught = [known.get((m.get(TEXT), m.get(INTENT))) or Example(m.get(TEXT), (m.get(INTENT),)) for m in given]
        for message, example in zip(given, taught):  # noqa: B905
            message.set(TEXT, joined(example))
        seed = self._config["seed"]
        few = self._config["variants"]
        rows = [row for example in taught for row in islice(varied(example, seed), few)] + list(made_up(seed))
        more = [Message({TEXT: joined(row), INTENT: row.topics[0]}) for row in rows]
        return super().process_training_data(
            TrainingData(
                given + more, training_data.entity_synonyms, training_data.regex_features, training_data.lookup_tables
            )
        )

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        if attribute != TEXT:
            return [Token(text, 0)]
        _, words = parted(text)
        offset = len(text) - len(words)
        tokens = [Token(word.key, offset + word.start, offset + word.end) for word in plain(words).words]
        return tokens or [Token("…", 0)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PlainFeaturizer(SparseFeaturizer, GraphComponent):
    """What `nlu.features` sees in a message, as one sparse row: letters, words, the open question."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # Rasa's LogisticRegressionClassifier holds C at 1; rows this long weigh as C = scale squared would.
        return {**SparseFeaturizer.get_default_config(), "scale": 8.0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if config.get("scale", 1) <= 0:
            raise ValueError("scale is a number above zero")

    @staticmethod
    def required_packages() -> list[str]:
        return ["msgspec", "numpy", "scipy"]

    def __init__(
        self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource, features: Features | None
    ) -> None:
        super().__init__(name, config)
        self._storage, self._resource, self._features = storage, resource, features

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlainFeaturizer:
        return cls(config, execution_context.node_name, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **more: Any,
    ) -> PlainFeaturizer:
        with model_storage.read_from(resource) as folder:
            saved = msgspec.msgpack.decode((folder / FEATURES_FILE).read_bytes(), type=Saved)
        return cls(config, execution_context.node_name, model_storage, resource, Features.load(saved))

    def train(self, training_data: TrainingData) -> Resource:
        self._features = count([_keyed(m) for m in training_data.training_examples if m.get(TEXT)])
        with self._storage.write_to(self._resource) as folder:
            (folder / FEATURES_FILE).write_bytes(msgspec.msgpack.encode(self._features.dump()))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT):
                self.add_features_to_message(None, self._row(*_keyed(message)), TEXT, message)
        return messages

    def _row(self, keys: list[str], answer: str) -> csr_matrix:
        numbers, values = self._features.vector(keys, answer)
        order = np.argsort(numbers, kind="stable")
        starts = np.array([0, len(numbers)])
        data = (values[order] * self._config["scale"], numbers[order], starts)
        return csr_matrix(data, shape=(1, len(self._features)), dtype=np.float32)


def _keyed(message: Message) -> tuple:
    slot, words = parted(message.get(TEXT))
    return keys_of(plain(words).words), answered_with(slot)


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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Entities(GraphComponent, EntityExtractorMixin):
    """What `nlu.entities` reads, as Rasa's entities: for whoever looks with Rasa's tools. The bot reads them itself.

    No day is known here, so relative dates stay unread.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @staticmethod
    def required_packages() -> list[str]:
        return ["msgspec", "phonenumbers", "rapidfuzz"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Entities:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = self.add_extractor_name(list(_entities(message.get(TEXT) or "")))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def _entities(text: str) -> Iterable[dict[str, Any]]:
    slot, words = parted(text)
    offset = len(text) - len(words)
    for entity in read_entities(plain(words), slot, None, Intent(), None):
        yield {
            "entity": entity.type,
            "value": entity.value,
            "start": offset + entity.start,
            "end": offset + entity.end,
            "confidence_entity": 1.0,
        }
