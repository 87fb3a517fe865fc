#include "trust/audit/engine/fold.h"

#include <gtest/gtest.h>

#include "trust/audit/engine/test_programs.h"

namespace pilothouse::audit {
namespace {

class Fold : public testing::Test {
 protected:
  ConstantId text(std::string_view text) { return values_.text_constant(std::string(text)); }
  ConstantId bytes(std::string_view bytes) { return values_.bytes_constant(std::string(bytes)); }
  ConstantId number(std::int64_t number) { return values_.integer(number); }
  ConstantId none() { return values_.constant(Constant{}); }
  ConstantId tuple(std::vector<ConstantId> items) {
    Constant made;
    made.kind = ConstantKind::kTuple;
    made.items = std::move(items);
    return values_.constant(std::move(made));
  }
  ConstantId call(std::string_view path, std::vector<ConstantId> arguments) {
    return fold_.call(path, arguments);
  }
  ConstantId method(ConstantId self, std::string_view name, std::vector<ConstantId> arguments) {
    return fold_.method(self, name, arguments);
  }
  // As Python would show it; "?" is not known.
  std::string shown(ConstantId id) {
    if (id == 0) return "?";
    const Constant& constant = values_.constant(id);
    if (constant.kind == ConstantKind::kText) return "'" + constant.text + "'";
    if (constant.kind == ConstantKind::kBytes) return "b'" + constant.text + "'";
    if (constant.kind != ConstantKind::kTuple) return fold_.shown(id).value();
    std::string result;
    for (const ConstantId item : constant.items) result += (result.empty() ? "" : ", ") + shown(item);
    return "(" + result + ")";
  }

  Values values_;
  Folder fold_{values_};
};

constexpr std::int64_t kMost = INT64_MAX, kLeast = INT64_MIN;

TEST_F(Fold, Numbers) {
  const auto binary = [&](std::string_view op, std::int64_t a, std::int64_t b) {
    return shown(fold_.binary(op, number(a), number(b)));
  };
  EXPECT_EQ(binary("+", 2, 3), "5");
  EXPECT_EQ(binary("-", 2, 3), "-1");
  EXPECT_EQ(binary("*", -2, 3), "-6");
  EXPECT_EQ(binary("//", 7, 2), "3");
  EXPECT_EQ(binary("//", -7, 2), "-4");
  EXPECT_EQ(binary("//", 7, -2), "-4");
  EXPECT_EQ(binary("%", 7, 3), "1");
  EXPECT_EQ(binary("%", -7, 3), "2");
  EXPECT_EQ(binary("%", 7, -3), "-2");
  EXPECT_EQ(binary("^", 12, 10), "6");
  EXPECT_EQ(binary("&", 12, 10), "8");
  EXPECT_EQ(binary("|", 12, 10), "14");
  EXPECT_EQ(binary("<<", 3, 4), "48");
  EXPECT_EQ(binary(">>", -5, 1), "-3");
  // Too large, or errors in Python.
  EXPECT_EQ(binary("+", kMost, 1), "?");
  EXPECT_EQ(binary("-", kLeast, 1), "?");
  EXPECT_EQ(binary("*", kMost, 2), "?");
  EXPECT_EQ(binary("//", 1, 0), "?");
  EXPECT_EQ(binary("%", 1, 0), "?");
  EXPECT_EQ(binary("//", kLeast, -1), "?");
  EXPECT_EQ(binary("<<", 1, 63), "?");
  EXPECT_EQ(binary("<<", 1, -1), "?");
  EXPECT_EQ(binary(">>", 1, 64), "?");
  EXPECT_EQ(shown(fold_.unary("-", number(kLeast))), "?");
  EXPECT_EQ(shown(fold_.unary("-", number(5))), "-5");
  EXPECT_EQ(shown(fold_.unary("~", number(5))), "-6");
}

TEST_F(Fold, Texts) {
  EXPECT_EQ(shown(fold_.binary("+", text("a"), text("b"))), "'ab'");
  EXPECT_EQ(shown(fold_.binary("+", bytes("a"), bytes("b"))), "b'ab'");
  EXPECT_EQ(shown(fold_.binary("+", text("a"), bytes("b"))), "?");
  EXPECT_EQ(shown(fold_.binary("+", text("a"), number(1))), "?");
  EXPECT_EQ(shown(fold_.binary("*", text("ab"), number(3))), "'ababab'");
  EXPECT_EQ(shown(fold_.binary("*", number(2), text("ab"))), "'abab'");
  EXPECT_EQ(shown(fold_.binary("*", text("ab"), number(0))), "''");
  EXPECT_EQ(shown(fold_.binary("*", text("ab"), number(1'000'000'000'000))), "?");
  EXPECT_EQ(shown(fold_.binary("*", text(""), number(kMost))), "''");
}

TEST_F(Fold, Percent) {
  EXPECT_EQ(shown(fold_.binary("%", text("%s-%s"), tuple({text("a"), number(1)}))), "'a-1'");
  EXPECT_EQ(shown(fold_.binary("%", text("100%% %s"), text("a"))), "'100% a'");
  EXPECT_EQ(shown(fold_.binary("%", text("%c%c"), tuple({number(97), text("b")}))), "'ab'");
  EXPECT_EQ(shown(fold_.binary("%", bytes("%s"), bytes("a"))), "b'a'");
  EXPECT_EQ(shown(fold_.binary("%", text("%s%s"), text("a"))), "?");
  EXPECT_EQ(shown(fold_.binary("%", text("%x"), number(10))), "?");
  EXPECT_EQ(shown(fold_.binary("%", text("%"), number(10))), "?");
}

TEST_F(Fold, Format) {
  EXPECT_EQ(shown(method(text("{}{}"), "format", {text("a"), number(1)})), "'a1'");
  EXPECT_EQ(shown(method(text("{1}{0}{1}"), "format", {text("a"), text("b")})), "'bab'");
  EXPECT_EQ(shown(method(text("{{}}{}"), "format", {text("a")})), "'{}a'");
  EXPECT_EQ(shown(method(text("{}"), "format", {})), "?");
  EXPECT_EQ(shown(method(text("{0.name}"), "format", {text("a")})), "?");
  EXPECT_EQ(shown(method(text("{"), "format", {text("a")})), "?");
}

TEST_F(Fold, IndexesAndSlices) {
  EXPECT_EQ(shown(fold_.index(text("aäc"), number(1))), "'ä'");
  EXPECT_EQ(shown(fold_.index(text("aäc"), number(-1))), "'c'");
  EXPECT_EQ(shown(fold_.index(text("abc"), number(3))), "?");
  EXPECT_EQ(shown(fold_.index(text("abc"), number(-4))), "?");
  EXPECT_EQ(shown(fold_.index(bytes("abc"), number(1))), "98");
  EXPECT_EQ(shown(fold_.index(tuple({text("a"), number(2)}), number(1))), "2");
  EXPECT_EQ(shown(fold_.index(number(3), number(1))), "?");
  const auto slice = [&](std::string_view of, std::optional<std::int64_t> from,
                         std::optional<std::int64_t> to, std::optional<std::int64_t> step) {
    const auto bound = [&](std::optional<std::int64_t> at) { return at ? number(*at) : 0; };
    return shown(fold_.slice(text(of), bound(from), bound(to), bound(step)));
  };
  const std::nullopt_t no = std::nullopt;
  EXPECT_EQ(slice("abcdef", 1, 3, no), "'bc'");
  EXPECT_EQ(slice("abcdef", no, no, -1), "'fedcba'");
  EXPECT_EQ(slice("abcdef", no, no, 2), "'ace'");
  EXPECT_EQ(slice("abcdef", -2, no, no), "'ef'");
  EXPECT_EQ(slice("abcdef", no, -2, no), "'abcd'");
  EXPECT_EQ(slice("abcdef", 4, 1, -2), "'ec'");
  EXPECT_EQ(slice("abcdef", 100, no, -1), "'fedcba'");
  EXPECT_EQ(slice("abcdef", -100, 2, no), "'ab'");
  EXPECT_EQ(slice("abcdef", 3, 1, no), "''");
  EXPECT_EQ(slice("abcdef", no, no, kLeast), "'f'");
  EXPECT_EQ(slice("abcdef", kLeast, kMost, kMost), "'a'");
  EXPECT_EQ(slice("abcdef", kMost, kLeast, -1), "'fedcba'");
  EXPECT_EQ(slice("abcdef", no, no, 0), "?");
  EXPECT_EQ(slice("", no, no, -1), "''");
  EXPECT_EQ(slice("äöü", no, no, -1), "'üöä'");
}

TEST_F(Fold, Functions) {
  EXPECT_EQ(shown(call("builtins.chr", {number(8364)})), "'€'");
  EXPECT_EQ(shown(call("builtins.chr", {number(-1)})), "?");
  EXPECT_EQ(shown(call("builtins.chr", {number(0x110000)})), "?");
  EXPECT_EQ(shown(call("builtins.ord", {text("€")})), "8364");
  EXPECT_EQ(shown(call("builtins.ord", {text("ab")})), "?");
  EXPECT_EQ(shown(call("builtins.int", {text("ff"), number(16)})), "255");
  EXPECT_EQ(shown(call("builtins.int", {text("0xff"), number(16)})), "255");
  EXPECT_EQ(shown(call("builtins.int", {text("12")})), "12");
  EXPECT_EQ(shown(call("builtins.int", {text("x")})), "?");
  EXPECT_EQ(shown(call("builtins.int", {text("12"), number(99)})), "?");
  EXPECT_EQ(shown(call("builtins.str", {number(12)})), "'12'");
  EXPECT_EQ(shown(call("builtins.str", {})), "''");
  EXPECT_EQ(shown(call("builtins.str", {bytes("a"), text("utf-8")})), "'a'");
  EXPECT_EQ(shown(call("builtins.len", {text("äb")})), "2");
  EXPECT_EQ(shown(call("builtins.len", {bytes("ä")})), "2");
  EXPECT_EQ(shown(call("builtins.bytes", {tuple({number(97), number(98)})})), "b'ab'");
  EXPECT_EQ(shown(call("builtins.bytes", {tuple({number(256)})})), "?");
  EXPECT_EQ(shown(call("builtins.list", {text("ab")})), "('a', 'b')");
  EXPECT_EQ(shown(call("builtins.reversed", {text("ab")})), "('b', 'a')");
  EXPECT_EQ(shown(call("builtins.range", {number(3)})), "(0, 1, 2)");
  EXPECT_EQ(shown(call("builtins.range", {number(5), number(0), number(-2)})), "(5, 3, 1)");
  EXPECT_EQ(shown(call("builtins.range", {number(0), number(1), number(0)})), "?");
  EXPECT_EQ(shown(call("builtins.range", {number(kMost)})), "?");
  EXPECT_EQ(shown(call("builtins.range", {number(kLeast), number(kMost), number(1)})), "?");
  EXPECT_EQ(shown(call("builtins.range", {number(1), number(0), number(kLeast)})), "?");
  EXPECT_EQ(shown(call("base64.b64decode", {text("YWJj")})), "b'abc'");
  EXPECT_EQ(shown(call("codecs.decode", {text("nop"), text("rot_13")})), "'abc'");
  EXPECT_EQ(shown(call("codecs.encode", {text("nop"), text("rot13")})), "'abc'");
  EXPECT_EQ(shown(call("urllib.parse.unquote", {text("a%62c")})), "'abc'");
  EXPECT_EQ(shown(call("os.system", {text("a")})), "?");
  EXPECT_EQ(shown(call("builtins.chr", {0})), "?");
}

TEST_F(Fold, Methods) {
  EXPECT_EQ(shown(method(text("-"), "join", {tuple({text("a"), text("b")})})), "'a-b'");
  EXPECT_EQ(shown(method(text(""), "join", {text("abc")})), "'abc'");
  EXPECT_EQ(shown(method(text(""), "join", {tuple({text("a"), number(1)})})), "?");
  EXPECT_EQ(shown(method(bytes(""), "join", {tuple({bytes("a"), bytes("b")})})), "b'ab'");
  EXPECT_EQ(shown(method(text("aXbX"), "replace", {text("X"), text("")})), "'ab'");
  EXPECT_EQ(shown(method(text("ab"), "replace", {text(""), text("-")})), "?");
  EXPECT_EQ(shown(method(text(" ab\n"), "strip", {})), "'ab'");
  EXPECT_EQ(shown(method(text("xxaxx"), "strip", {text("x")})), "'a'");
  EXPECT_EQ(shown(method(text("xxaxx"), "lstrip", {text("x")})), "'axx'");
  EXPECT_EQ(shown(method(text("xxaxx"), "rstrip", {text("x")})), "'xxa'");
  EXPECT_EQ(shown(method(text("AbÄ"), "upper", {})), "'ABÄ'");
  EXPECT_EQ(shown(method(text("AB"), "lower", {})), "'ab'");
  EXPECT_EQ(shown(method(text("a b  c"), "split", {})), "('a', 'b', 'c')");
  EXPECT_EQ(shown(method(text("a,b,,"), "split", {text(",")})), "('a', 'b', '', '')");
  EXPECT_EQ(shown(method(text("ä"), "encode", {})), "b'ä'");
  EXPECT_EQ(shown(method(text("ä"), "encode", {text("latin-1")})), "b'\xE4'");
  EXPECT_EQ(shown(method(text("ab"), "encode", {text("utf-16")})), "?");
  EXPECT_EQ(shown(method(bytes("\xE4"), "decode", {text("latin-1")})), "'ä'");
  EXPECT_EQ(shown(method(bytes("ab"), "decode", {})), "'ab'");
  EXPECT_EQ(shown(method(bytes("\xFF"), "decode", {})), "?");
  EXPECT_EQ(shown(method(bytes("ab"), "hex", {})), "'6162'");
  EXPECT_EQ(shown(method(number(1), "hex", {})), "?");
}

TEST_F(Fold, StaysWithinBounds) {
  const ConstantId large = text(std::string(5U << 20, 'a'));
  EXPECT_EQ(fold_.binary("+", large, large), 0U);
  EXPECT_EQ(fold_.binary("*", large, number(2)), 0U);
  EXPECT_EQ(method(large, "replace", {text("a"), text("bb")}), 0U);
  EXPECT_EQ(method(text("{0}{0}"), "format", {large}), 0U);
  EXPECT_EQ(fold_.binary("%", text("%s%s"), tuple({large, large})), 0U);
  EXPECT_EQ(method(large, "join", {tuple({text("a"), text("b"), text("c")})}), 0U);
  EXPECT_EQ(call("builtins.list", {large}), 0U);
  EXPECT_EQ(fold_.elements(large, 100), std::nullopt);
}

TEST_F(Fold, TellsWhatWasUndone) {
  const ConstantId encoded = call("base64.b64encode", {call("base64.b64encode", {bytes("abc")})});
  const ConstantId decoded = call("base64.b64decode", {call("base64.b64decode", {encoded})});
  EXPECT_EQ(shown(decoded), "b'abc'");
  EXPECT_EQ(values_.layer_names(values_.constant(decoded).layers),
            (std::vector<std::string>{"base64", "base64"}));
}

TEST(Unescape, IsWhatPythonReads) {
  EXPECT_EQ(unescape(R"(a\n\t\\\'\"\x41)", false, false), "a\n\t\\'\"A");
  EXPECT_EQ(unescape(R"(\101\60\0z)", false, false), std::string("A0\0z", 4));
  EXPECT_EQ(unescape(R"(\u20ac\U0001F600)", false, false), "€😀");
  EXPECT_EQ(unescape(R"(\u20ac)", false, true), R"(\u20ac)");
  EXPECT_EQ(unescape(R"(\xff)", false, true), "\xFF");
  EXPECT_EQ(unescape(R"(\d\z)", false, false), R"(\d\z)");
  EXPECT_EQ(unescape("a\\\nb\\\r\nc", false, false), "abc");
  EXPECT_EQ(unescape(R"(\n)", true, false), R"(\n)");
  EXPECT_EQ(unescape("\\", false, false), "\\");
  EXPECT_EQ(unescape("\\x", false, false), "");
  EXPECT_EQ(unescape(R"(\ud800)", false, false), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace pilothouse::audit
