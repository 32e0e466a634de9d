"""The standard list of ceasefire provisions (design section 7), in its order."""

from __future__ import annotations

PROVISIONS: dict[str, str] = {
    "ceasefire_type": "type of ceasefire",
    "term": "term and expiry",
    "prohibited_acts": "prohibited and permitted acts",
    "ceasefire_line": "ceasefire line",
    "disengagement": "disengagement and buffer",
    "heavy_weapons": "heavy-weapon limits",
    "sea_and_air": "sea and air",
    "reinforcement_limits": "reinforcement and rearming limits",
    "monitoring_mission": "monitoring mission",
    "remote_sensing": "remote sensing",
    "joint_commission": "joint commission",
    "attribution": "attribution and reporting",
    "dispute_settlement": "dispute settlement",
    "response_to_breach": "response to breach",
    "third_party_guarantee": "third-party guarantee",
    "tripwire_force": "tripwire or reassurance force",
    "demining": "demining and works",
    "crossings": "crossings and civilians",
    "prisoners": "prisoners and missing",
    "hostile_speech": "hostile speech",
    "participation": "participation",
    "review": "review",
    "legal_form": "legal form",
}

# Those that bear on whether a breach is seen, answered or costly. Only these lower the hazard of
# breakdown in the model; the rest are named when a text lacks them. Our judgement, after the
# mechanisms of Fortna (2003) International Organization 57(2): raising the cost of attack,
# reducing uncertainty, preventing accidents.
ENFORCING: tuple[str, ...] = (
    "ceasefire_line",
    "disengagement",
    "heavy_weapons",
    "reinforcement_limits",
    "monitoring_mission",
    "remote_sensing",
    "joint_commission",
    "attribution",
    "dispute_settlement",
    "response_to_breach",
    "third_party_guarantee",
    "tripwire_force",
)
