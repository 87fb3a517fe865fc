#include "trust/audit/syntax/tree.h"

#include <gtest/gtest.h>

namespace pilothouse::audit {
namespace {

constexpr std::uint64_t kRounds = 2'000'000;

Tree parsed(std::string text) { return Tree::parse(std::move(text), kRounds).value(); }

// The kinds of the module's statements.
std::vector<Syntax> statements(const Tree& tree) {
  std::vector<Syntax> result;
  for (NodeId at = tree[0].first; at != 0; at = tree[at].next) result.push_back(tree[at].kind);
  return result;
}

NodeId first_of(const Tree& tree, Syntax kind) {
  for (NodeId at = 0; at < tree.size(); ++at) {
    if (tree[at].kind == kind) return at;
  }
  ADD_FAILURE() << "no such node";
  return 0;
}

TEST(Tree, KnowsStatements) {
  const Tree tree = parsed(
      "import a\nfrom a import b\nx = 1\nif x:\n    pass\nfor a in b: pass\nwhile a: pass\ntry: pass\nexcept "
      "E: pass\n"
      "with a: pass\ndef f(): pass\nclass A: pass\n@a\ndef g(): pass\nassert a\nmatch a:\n    case 1: "
      "pass\n");
  using enum Syntax;
  EXPECT_EQ(statements(tree),
            (std::vector{kImportStatement, kImportFromStatement, kExpressionStatement, kIfStatement,
                         kForStatement, kWhileStatement, kTryStatement, kWithStatement, kFunctionDefinition,
                         kClassDefinition, kDecoratedDefinition, kAssertStatement, kMatchStatement}));
  EXPECT_TRUE(tree.errors().empty());
}

TEST(Tree, LeavesCommentsAndPunctuationOut) {
  const Tree tree = parsed("# one\nf(a, b)  # two\n");
  EXPECT_EQ(statements(tree), std::vector{Syntax::kExpressionStatement});
  const NodeId call = first_of(tree, Syntax::kCall);
  EXPECT_EQ(tree.text(tree.child(call, Field::kFunction)), "f");
  const NodeId arguments = tree.child(call, Field::kArguments);
  EXPECT_EQ(tree.text(tree.child(arguments, std::size_t{0})), "a");
  EXPECT_EQ(tree.text(tree.child(arguments, std::size_t{1})), "b");
  EXPECT_EQ(tree.child(arguments, std::size_t{2}), 0U);
  EXPECT_EQ(tree.child(call, Field::kBody), 0U);
}

TEST(Tree, KeepsOperators) {
  const Tree tree = parsed("a + b\n");
  const NodeId sum = first_of(tree, Syntax::kBinaryOperator);
  EXPECT_EQ(tree.text(tree.child(sum, Field::kOperator)), "+");
  EXPECT_EQ(tree[tree.child(sum, Field::kOperator)].kind, Syntax::kOperator);
}

TEST(Tree, LinesAndColumnsCountCodePoints) {
  const std::string text = "a = 'äö€😀'; b\r\n\nc = 1";
  const Tree tree = parsed(text);
  EXPECT_EQ(tree.lines(), 3U);
  const auto at = static_cast<std::uint32_t>(text.find('b'));
  EXPECT_EQ(tree.line(at), 1U);
  EXPECT_EQ(tree.column(at), 13U);
  EXPECT_EQ(tree.line(static_cast<std::uint32_t>(text.find('c'))), 3U);
  EXPECT_EQ(tree.column(static_cast<std::uint32_t>(text.find('c'))), 1U);
  EXPECT_EQ(tree.line_text(1), "a = 'äö€😀'; b");
  EXPECT_EQ(tree.line_text(2), "");
  EXPECT_EQ(tree.line_text(3), "c = 1");
}

TEST(Tree, ColumnsOfLongLines) {
  std::string text = "x\n";
  for (int i = 0; i < 1000; ++i) text += "ä;";
  const Tree tree = parsed(text);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(tree.column(2 + 3 * i), 1 + 2 * i);
    EXPECT_EQ(tree.column(2 + 3 * i + 2), 2 + 2 * i);
  }
  EXPECT_EQ(tree.column(static_cast<std::uint32_t>(text.size())), 2001U);
}

TEST(Tree, SaysWhereErrorsAre) {
  const Tree tree = parsed("a = 1\nb = = 2\nc = 3\n");
  ASSERT_FALSE(tree.errors().empty());
  EXPECT_EQ(tree.line(tree.errors()[0].start), 2U);
  // What is around is read all the same.
  EXPECT_EQ(statements(tree).front(), Syntax::kExpressionStatement);
  EXPECT_FALSE(parsed("f(a\n").errors().empty());
}

TEST(Tree, ReadsEveryPython) {
  for (const char* const text : {
           "print 'a', b\n",
           "print >>f, 'a'\n",
           "exec code in scope\n",
           "try:\n    pass\nexcept E, e:\n    pass\n",
           "def f((a, b)):\n    pass\n",
           "x = 0777L\ny = ur'a'\nz = `a`\n",
           "raise E, 'a'\n",
           "if a <> b: pass\n",
       }) {
    (void)parsed(text);  // not all of Python 2, but never worse than an error
  }
  for (const char* const text : {
           "print 'a', b\n",
           "exec code in scope\n",
           "if (a := 1): pass\n",
           "def f(a, /, b, *, c): pass\n",
           "x = f'{a=} {b!r:>{w}}'\n",
           "match a:\n    case {'a': [b, *c], **d} if b: pass\n    case A(b=1) | None: pass\n    case _: "
           "pass\n",
           "match = case = type = 1\nmatch(case)\n",
           "try:\n    pass\nexcept* (A, B) as e:\n    pass\n",
           "type A[T] = list[T]\n",
           "def f[T: int, *Ts, **P](a: T) -> T: pass\n",
           "class A[T]: pass\n",
           "x = f'{'a' + f\"{b}\"}'\n",
           "x = f'{\n    a  # said\n}'\n",
           "with (open(a) as b, open(c) as d): pass\n",
           "async def f():\n    async with a as b: pass\n    return [x async for x in y if await z]\n",
           "x = t'a {b}'\ny = rt'\\a {b}'\n",
           "x = *a, b\nfor x in *a, b: pass\n",
           "lambda *a, **b: (yield)\n",
           "x: int\ny: list[int] = []\n",
           "nonlocal_ = 1\n",
           "x = 1_000 + 0x_ff + 1e5j\n",
           "@a.b[c](d).e\ndef f(): pass\n",
           "del a, b[c]\n",
       }) {
    EXPECT_TRUE(parsed(text).errors().empty()) << text;
  }
}

TEST(Tree, TemplatesAreReadAsFormats) {
  const Tree tree = parsed("x = t'a {b} c'\n");
  EXPECT_TRUE(tree.errors().empty());
  EXPECT_EQ(tree.text(first_of(tree, Syntax::kInterpolation)), "{b}");
}

TEST(Tree, NothingAndAlmostNothing) {
  EXPECT_EQ(parsed("").lines(), 1U);
  EXPECT_EQ(parsed("").size(), 1U);
  EXPECT_EQ(parsed("\n\n").lines(), 3U);
  EXPECT_EQ(parsed("# only a comment").size(), 1U);
  EXPECT_EQ(parsed("").line_text(1), "");
}

TEST(Tree, DeepNesting) {
  constexpr std::size_t kDeep = 100'000;
  for (const auto& [open, inner, close] : {std::tuple("(", "a", ")"), std::tuple("[", "a", "]"),
                                           std::tuple("f(", "a", ")"), std::tuple("-", "a", "")}) {
    std::string text;
    for (std::size_t i = 0; i < kDeep; ++i) text += open;
    text += inner;
    for (std::size_t i = 0; i < kDeep; ++i) text += close;
    const Tree tree = parsed(text + "\n");
    EXPECT_TRUE(tree.errors().empty()) << open;
    EXPECT_GT(tree.size(), kDeep) << open;
  }
}

TEST(Tree, SeventyThousandChildren) {
  constexpr std::size_t kMany = 70'000;
  std::string text;
  for (std::size_t i = 0; i < kMany; ++i) text += "# said\n";
  EXPECT_EQ(parsed(text).size(), 1U);
  text.clear();
  for (std::size_t i = 0; i < kMany; ++i) text += "a\n";
  EXPECT_EQ(statements(parsed(text)).size(), kMany);
  text = "f(";
  for (std::size_t i = 0; i < kMany; ++i) text += "a,";
  const Tree tree = parsed(text + ")\n");
  std::size_t arguments = 0;
  const NodeId list = tree.child(first_of(tree, Syntax::kCall), Field::kArguments);
  for (NodeId at = tree[list].first; at != 0; at = tree[at].next) ++arguments;
  EXPECT_EQ(arguments, kMany);
}

TEST(Tree, TakesNoLongerThanItMay) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "f(a, b)\n";
  const auto tree = Tree::parse(text, 1'000);
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().code, base::Errc::kTimeout);
  // The next one is not impaired.
  EXPECT_TRUE(parsed("a = 1\n").errors().empty());
}

}  // namespace
}  // namespace pilothouse::audit
