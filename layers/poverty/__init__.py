"""Rules of poverty targeting (poverty.md 4 to 7), over columns and without a store.

``parameters`` names every threshold with year and source; ``logic`` is the three-valued logic that
the rules are written in.

* The households: ``members``, ``tiers``, ``reasons``, ``overlap``, ``selection``, ``checks``.
* The programmes: ``allocation``, ``sammachip``, ``learning_sites``, ``finance``, ``results``.
* The aid: ``capitals``, ``aid``, ``referral``.
* The course of a household: ``workflow``, ``visiting``, ``cascade``, ``dynamics``.
"""
