use super::*;

/// The kinds of cases that JSONTestSuite has texts for which every reader must accept.
#[test]
fn every_form_of_json_is_accepted() {
    for text in [
        // Arrays.
        "[[]   ]",
        "[\"\"]",
        "[]",
        "[false]",
        "[null, 1, \"1\", {}]",
        "[null]",
        "[1\n]",
        " [1]",
        "[1,null,null,null,2]",
        "[2] ",
        // Numbers.
        "[123e65]",
        "[0e+1]",
        "[0e1]",
        "[ 4]",
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
        "[20e1]",
        "[-0]",
        "[-123]",
        "[-1]",
        "[-0]",
        "[1E22]",
        "[1E-2]",
        "[1E+2]",
        "[123.456e78]",
        "[123.456789]",
        // Objects.
        "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}",
        "{\"a\":\"b\",\"a\":\"c\"}",
        "{}",
        "{\"\":0}",
        "{\"foo\\u0000bar\": 42}",
        "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }",
        "{\n\"a\": \"b\"\n}",
        // Strings.
        "[\"\\u0060\\u012a\\u12AB\"]",
        "[\"\\uD801\\udc37\"]",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
        "[\"\\\\u0000\"]",
        "[\"\\\"\"]",
        "[\"a/*b*/c/*d//e\"]",
        "[\"\u{7f}\u{2028}\u{feff}\u{10ffff}\"]",
        // Whatever a text may be as a whole.
        "false",
        "42",
        "-0.1",
        "null",
        "\"asd\"",
        "true",
        "\"\"",
        "[\"a\"]\n",
        "\t\n\r [true] \t\n\r",
        // What readers may refuse: huge numbers, and halves of surrogate pairs.
        "[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]",
        "[-123123e100000]",
        "[100000000000000000000]",
        "[\"\\uDADA\"]",
        "[\"\\uD888\\u1234\"]",
        "[\"\\uDd1e\\uD834\"]",
    ] {
        assert_eq!(checked(text), Ok(text.trim()), "{text}");
    }
}

/// The kinds of cases that JSONTestSuite has texts for which every reader must refuse.
#[test]
fn nothing_else_is_accepted() {
    for text in [
        // Arrays.
        "[1 true]",
        "[\"\": 1]",
        "[\"\"],",
        "[,1]",
        "[1,,2]",
        "[\"x\",,]",
        "[\"x\"]]",
        "[\"\",]",
        "[\"x\"",
        "[x",
        "[3[4]]",
        "[1:2]",
        "[,]",
        "[-]",
        "[   , \"\"]",
        "[\"a\",\n4\n,1,",
        "[1,]",
        "[*]",
        "[1",
        "[{}",
        // Literals.
        "[fals]",
        "[nul]",
        "[tru]",
        "[True]",
        "[nulll]",
        "[NaN]",
        "[-NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[undefined]",
        // Numbers.
        "[++1234]",
        "[+1]",
        "[-01]",
        "[-1.0.]",
        "[-2.]",
        "[.-1]",
        "[.2e-3]",
        "[0.1.2]",
        "[0.3e+]",
        "[0.3e]",
        "[0.e1]",
        "[0E+]",
        "[0E]",
        "[1.0e+]",
        "[1.0e-]",
        "[1.0e]",
        "[1 000.0]",
        "[1eE2]",
        "[2.e+3]",
        "[9.e+]",
        "[0x1]",
        "[1+2]",
        "[1a]",
        "[- 1]",
        "[-012]",
        "[-.123]",
        "[012]",
        "[1e1.5]",
        "[\u{ff11}]",
        // Objects.
        "{[: \"x\"}",
        "{\"x\", null}",
        "{\"x\"::\"b\"}",
        "{\"a\":\"a\" 123}",
        "{key: 'value'}",
        "{\"a\" b}",
        "{:\"b\"}",
        "{\"a\" \"b\"}",
        "{\"a\":",
        "{\"a\"",
        "{1:1}",
        "{null:null}",
        "{\"id\":0,,,,,}",
        "{'a':0}",
        "{\"id\":0,}",
        "{\"a\":\"b\"}/**/",
        "{\"a\":\"b\"}#",
        "{\"a\":\"b\",,\"c\":\"d\"}",
        "{a: \"b\"}",
        "{ \"foo\" : \"bar\", \"a\" }",
        "{\"a\":\"b\"}{}",
        "{\"a\":1]",
        "[1}",
        "{]",
        "[}",
        // Strings.
        "[\"\\uD800\\u\"]",
        "[\"\\uD800\\u1\"]",
        "[\"\\u00A\"]",
        "[\"\\u00g0\"]",
        "[\"\\u+123\"]",
        "[\u{e9}]",
        "[\"\\\u{0}\"]",
        "[\"\\\\\\\"]",
        "[\"\\\t\"]",
        "[\"\\\u{e9}\"]",
        "[\"\\x00\"]",
        "[\"\\a\"]",
        "[\"\\\"]",
        "[\"\\u\"]",
        "[\"a\u{0}a\"]",
        "[\"a\u{1f}a\"]",
        "[\"\t\"]",
        "[\"new\nline\"]",
        "['single']",
        "abc",
        "\"",
        "\"asd",
        "\\u0022asd\"",
        // Whatever a text may be as a whole.
        "",
        " ",
        "<.>",
        "[<null>]",
        "[1]x",
        "[1]]",
        "[\"asd]",
        "aå",
        "1]",
        "{\"x\": true,",
        "[][]",
        "]",
        "\u{feff}{}",
        "[\u{feff}]",
        "[\u{c}]",
        "[\u{2060}]",
        "[\u{a0}]",
        "\u{b}1",
        "1 /* 2 */",
        "{\"a\": true} \"x\"",
    ] {
        assert_eq!(checked(text), Err(Flaw::NotJson), "{text}");
    }
}

#[test]
fn a_string_ends_and_is_refused_wherever_that_is_in_a_word() {
    for length in 0..40 {
        let inside = "x".repeat(length);
        let whole = format!("\"{inside}\"");
        assert_eq!(checked(&whole), Ok(&*whole));
        for place in 0..=length {
            let with = |text: &str| format!("[\"{}{text}{}\"]", &inside[..place], &inside[place..]);
            for text in ["\\\"", "\\u00e9", "\u{e9}", "\u{80}", " ", "\u{7f}"] {
                assert_eq!(checked(&with(text)), Ok(&*with(text)));
            }
            for text in ["\"", "\\", "\\u00", "\u{0}", "\u{1f}", "\n"] {
                assert_eq!(checked(&with(text)).ok(), None, "{}", with(text));
            }
        }
    }
}

#[test]
fn text_is_nested_so_deep_and_no_deeper() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let levels = open.matches(['[', '{']).count();
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth / levels), close.repeat(depth / levels));
        assert_eq!(checked(&nested(MAX_DEPTH)), Ok(&*nested(MAX_DEPTH)));
        assert_eq!(checked(&nested(MAX_DEPTH + levels)), Err(Flaw::TooDeep));
        assert_eq!(checked(&open.repeat(100_000)), Err(Flaw::TooDeep));
        // What is closed counts no more, and brackets in strings never do.
        let beside = format!("[{}{}]", "[{}],".repeat(500), format_args!("\"{}\"", "[".repeat(500)));
        assert_eq!(checked(&beside), Ok(&*beside));
    }
}
