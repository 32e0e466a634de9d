"""Structurally different models of one war, behind one interface (design sections 3 and 5).

| name | how the sides value fighting on, and how the war ends |
| --- | --- |
| `to_the_finish` | as if fought to the finish; talks surprise them |
| `strategic` | they foresee talks, offers and learning: waiting is worth more |
| `attrition` | no offers converge; a side concedes at a rate that keeps the other indifferent |
| `reference_class` | base rates of the war's own record, nothing else |
"""

from __future__ import annotations

from interbellum.model.variants import VariantModel
from interbellum.talks.variants.attrition import Attrition
from interbellum.talks.variants.reference_class import ReferenceClass
from interbellum.talks.variants.strategic import Strategic
from interbellum.talks.variants.to_the_finish import ToTheFinish

VARIANTS: dict[str, VariantModel] = {
    model.name: model for model in (ToTheFinish(), Strategic(), Attrition(), ReferenceClass())
}
"""Every variant by its name, the shipped engine first."""
