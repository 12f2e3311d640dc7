"""Rules of the Women's Development Fund and of community funds (debtors.md).

Pure functions over columns: ``contracts`` reads the columns, ``classes`` and ``countdown`` date the
claim, ``measures``, ``relief`` and ``interest`` say what may be done about it, ``documents``,
``rounds``, ``pins``, ``mediation`` and ``handover`` follow the field work, ``states`` what may come
after what. Modules that begin with ``fund_`` are the other world: community funds, without persons.
"""
