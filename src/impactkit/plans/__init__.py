"""What was promised: the plan, its lock, and a folder to start from."""

from impactkit.plans.data_files import DataFiles
from impactkit.plans.effect_chain import EffectChain
from impactkit.plans.lock import Lock, lock, prior
from impactkit.plans.new_project import new_project
from impactkit.plans.plan import Decision, Plan
from impactkit.plans.project import Goals, Loan, Project, Requirements
from impactkit.plans.receipt import Receipt
from impactkit.plans.requirements import Unmet, is_examined, unmet

__all__ = [
    "DataFiles",
    "Decision",
    "EffectChain",
    "Goals",
    "Loan",
    "Lock",
    "Plan",
    "Project",
    "Receipt",
    "Requirements",
    "Unmet",
    "is_examined",
    "lock",
    "new_project",
    "prior",
    "unmet",
]
