"""Coming from another library: what its files say, in the words of custid, and a list of what has no counterpart."""

from custid.migrate.dedupe_training import DedupeTraining, from_dedupe
from custid.migrate.splink import SplinkModel, from_splink
from custid.migrate.taken import Setting, SettingFate

__all__ = ["DedupeTraining", "Setting", "SettingFate", "SplinkModel", "from_dedupe", "from_splink"]
