"""JSON_EXTRACT_PATH_TEXT, JSON_EXTRACT_ARRAY_ELEMENT_TEXT, JSON_ARRAY_LENGTH, IS_VALID_JSON.

Where a path or an index is missing, the current pages say NULL; the copy archived in 2023 said
an empty string (and printed NULL). The values here are the current pages'.
"""

from integration.redshift_values.documented import Documented, follows, printed

PATH, ELEMENT = "JSON_EXTRACT_PATH_TEXT", "JSON_EXTRACT_ARRAY_ELEMENT_TEXT"
LENGTH, VALID, VALID_ARRAY = "JSON_ARRAY_LENGTH", "IS_VALID_JSON", "IS_VALID_JSON_ARRAY"
F = '{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}}'
BROKEN_ARRAY = '["a",["b",1,["c",2,3,null,]]]'
HOUSE = (
    '{"house": {"address": {"street": "123 Any St.", "city": "Any Town", "state": "FL", '
    '"zip": "32830"}, "bathroom": {"color": "green", "shower": true}, "appliances": '
    '{"washing machine": {"brand": "Any Brand", "color": "beige"}, '
    '"dryer": {"brand": "Any Brand", "color": "white"}}}}'
)

JSON_TEXTS: tuple[Documented, ...] = (
    printed(PATH, f"SELECT JSON_EXTRACT_PATH_TEXT('{F}', 'f4', 'f6')", "star"),
    printed(PATH, f"SELECT JSON_EXTRACT_PATH_TEXT('{F[:-1]}', 'f4', 'f6', true)", None),
    printed(
        PATH,
        """SELECT JSON_EXTRACT_PATH_TEXT('{"farm": {"barn": {"color": "red", """
        """"feed stocked": true}}}', 'farm', 'barn', 'color')""",
        "red",
    ),
    printed(
        PATH,
        """SELECT JSON_EXTRACT_PATH_TEXT('{"farm": {"barn": {}}}', 'farm', 'barn', 'color')""",
        None,
    ),
    printed(
        PATH,
        f"SELECT JSON_EXTRACT_PATH_TEXT('{HOUSE}', 'house', 'appliances', 'washing machine', "
        "'brand')",
        "Any Brand",
    ),
    *(
        follows(PATH, why, f"SELECT JSON_EXTRACT_PATH_TEXT({arguments})", value)
        for why, arguments, value in (
            ("a number's text", f"'{F}', 'f4', 'f5'", "99"),
            ("a number's text", f"'{F}', 'f2', 'f3'", "1"),
            ("true's text", f"'{HOUSE}', 'house', 'bathroom', 'shower'", "true"),
            ("an empty string's text", """'{"a":""}', 'a'""", ""),
            ("no such element", f"'{F}', 'f9'", None),
            ("no such element, nested", f"'{F}', 'f4', 'f9'", None),
            ("no such element, and the first is missing", f"'{F}', 'f9', 'f6'", None),
            ("elements are case-sensitive", f"'{F}', 'F4', 'f6'", None),
            ("valid JSON is read with null_if_invalid too", f"'{F}', 'f4', 'f6', true", "star"),
            ("false is null_if_invalid's default", f"'{F}', 'f4', 'f6', false", "star"),
            ("JSON that is cut off, with null_if_invalid", """'{"a":', 'a', true""", None),
        )
    ),
    follows(
        PATH,
        "row by row, of a column (own rows)",
        "SELECT JSON_EXTRACT_PATH_TEXT(j, 'a', true) FROM "
        """(SELECT 1 AS id, '{"a":"x"}' AS j UNION ALL SELECT 2, '{"b":1}' UNION ALL """
        "SELECT 3, 'no json') AS t ORDER BY id",
        *("x", None, None),
    ),
    printed(ELEMENT, "SELECT JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[111,112,113]', 2)", "113"),
    printed(ELEMENT, f"SELECT JSON_EXTRACT_ARRAY_ELEMENT_TEXT('{BROKEN_ARRAY}', 1, true)", None),
    *(
        follows(ELEMENT, why, f"SELECT JSON_EXTRACT_ARRAY_ELEMENT_TEXT({arguments})", value)
        for why, arguments, value in (
            ("the first element is at 0", "'[111,112,113]', 0", "111"),
            ("a string's text has no quotes", """'["a","b"]', 1""", "b"),
            ("an index past the end", "'[111,112,113]', 3", None),
            ("a negative index", "'[111,112,113]', -1", None),
            ("an empty array", "'[]', 0", None),
            ("valid JSON is read with null_if_invalid too", "'[111,112]', 1, true", "112"),
        )
    ),
    printed(LENGTH, """SELECT JSON_ARRAY_LENGTH('[11,12,13,{"f1":21,"f2":[25,26]},14]')""", 5),
    printed(
        LENGTH,
        """SELECT JSON_ARRAY_LENGTH('[11,12,13,{"f1":21,"f2":[25,26]},14', true)""",
        None,
    ),
    follows(LENGTH, "no elements", "SELECT JSON_ARRAY_LENGTH('[]')", 0),
    follows(LENGTH, "of the outer array alone", "SELECT JSON_ARRAY_LENGTH('[[1,2,3]]')", 1),
    *(
        printed(VALID, f"SELECT IS_VALID_JSON('{text}')", valid)
        for text, valid in (
            ('{"a":2}', True),
            ('{"a":{"b":{"c":1}}}', True),
            ('{"a": [1,2,"b"]}', True),
            ("{{}}", False),
            ('{1:"a"}', False),
            ("[1,2,3]", False),
        )
    ),
    *(
        printed(VALID_ARRAY, f"SELECT IS_VALID_JSON_ARRAY('{text}')", valid)
        for text, valid in (
            ("[]", True),
            ('["a","b"]', True),
            ('["a",["b",1,["c",2,3,null]]]', True),
            ('{"a":1}', False),
            ("a", False),
            ("[1,2,]", False),
        )
    ),
)
