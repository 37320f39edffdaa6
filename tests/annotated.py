"""A summary file in the form that editors help with, in two parts: its head and its keys."""

HEAD = "from builder import SummaryFile\n\nsummary: SummaryFile = {\n"
GOOD = """'table': 'sales',
    'schema': 'analytics',
    'main_sql': 'SELECT 1 AS day',
    'input_check': [{'sql': 'SELECT 1', 'count': 1, 'op': 'eq'}],
    'output_check': [{'expect': 'expect_column_to_exist', 'column': 'day', 'severity': 'info'}],
    'columns': {'day': 'The day', 'name': {'sensitive': True}},
    'indexes': [['day'], 'lower(name)'],
    'params': {'since': '2025-01-01', 'n': 1},
    'timeout': 60,
"""
