#include "trust/audit/rules/patterns.h"

#include <gtest/gtest.h>

#include <string>

namespace pilothouse::audit {
namespace {

bool matches(const std::string& pattern, const std::string& path) {
  Patterns patterns;
  const auto added = patterns.add(pattern, 7);
  EXPECT_TRUE(added) << pattern;
  return patterns.match(path) == std::vector<std::uint32_t>{7};
}

std::string problem(const std::string& pattern) {
  Patterns patterns;
  const auto added = patterns.add(pattern, 7);
  EXPECT_TRUE(patterns.match(pattern).empty()) << "what is refused must not be there";
  return added ? "" : added.error().message;
}

TEST(Patterns, MatchTheWholePath) {
  EXPECT_TRUE(matches("os.system", "os.system"));
  EXPECT_FALSE(matches("os.system", "os.system()"));
  EXPECT_FALSE(matches("os.system", "os"));
  EXPECT_FALSE(matches("os.system", "posix.os.system"));
  EXPECT_FALSE(matches("os.system", ""));
  EXPECT_TRUE(matches("open", "open"));
}

TEST(Patterns, CallsAndItemsArePartsOfTheirOwn) {
  EXPECT_TRUE(matches("urllib3.PoolManager().request().data", "urllib3.PoolManager().request().data"));
  EXPECT_TRUE(matches("sys.argv[]", "sys.argv[]"));
  EXPECT_TRUE(matches("a()()[].b", "a()()[].b"));
  EXPECT_FALSE(matches("a().b", "a.b"));
}

TEST(Patterns, AStarStaysWithinAName) {
  EXPECT_TRUE(matches("hashlib.sha*", "hashlib.sha256"));
  EXPECT_TRUE(matches("hashlib.*", "hashlib.md5"));
  EXPECT_FALSE(matches("hashlib.*", "hashlib.md5()"));
  EXPECT_FALSE(matches("hashlib.*", "hashlib.sub.md5"));
  EXPECT_TRUE(matches("os.exec*e", "os.execvpe"));
  EXPECT_FALSE(matches("os.exec*e", "os.execvp"));
  EXPECT_TRUE(matches("a.*b*c", "a.bbxbcc"));
  EXPECT_FALSE(matches("a.*", "a[]"));
}

TEST(Patterns, TwoStarsPassAnyParts) {
  EXPECT_TRUE(matches("**.add_plugin", "add_plugin"));
  EXPECT_TRUE(matches("**.add_plugin", "a.b()[].add_plugin"));
  EXPECT_FALSE(matches("**.add_plugin", "a.add_plugin()"));
  EXPECT_TRUE(matches("requests.**", "requests"));
  EXPECT_TRUE(matches("requests.**", "requests.get().text"));
  EXPECT_TRUE(matches("requests.**.get", "requests.Session().get"));
  EXPECT_TRUE(matches("**.a.**.b.**", "x.a.a.b.b().y"));
  EXPECT_FALSE(matches("**.a.**.b.**", "x.b.a"));
  EXPECT_TRUE(matches("**.**.a", "b.a"));
}

TEST(Patterns, BracesAreEither) {
  EXPECT_TRUE(matches("requests.{get,post}", "requests.post"));
  EXPECT_FALSE(matches("requests.{get,post}", "requests.put"));
  EXPECT_TRUE(matches("json.load{s,}", "json.load"));
  EXPECT_TRUE(matches("json.load{s,}", "json.loads"));
  EXPECT_TRUE(matches("{a.b,c}.{d,e}", "a.b.e"));
  EXPECT_TRUE(matches("{a.b,c}{(),[]}", "c[]"));
}

TEST(Patterns, GiveEachIdOnceInOrder) {
  Patterns patterns;
  for (const auto& [pattern, id] : std::vector<std::pair<std::string, std::uint32_t>>{
           {"a.b", 9}, {"a.*", 3}, {"**.b", 5}, {"a.{b,b}", 1}, {"**", 4}, {"a.c", 2}})
    ASSERT_TRUE(patterns.add(pattern, id));
  EXPECT_EQ(patterns.match("a.b"), (std::vector<std::uint32_t>{1, 3, 4, 5, 9}));
  EXPECT_EQ(patterns.match("z"), (std::vector<std::uint32_t>{4}));
}

TEST(Patterns, SayWhatIsWrong) {
  EXPECT_EQ(problem(""), "is empty");
  EXPECT_EQ(problem("a..b"), "has a '.' without a name before it");
  EXPECT_EQ(problem("a."), "ends with a '.'");
  EXPECT_EQ(problem("()"), "has '()' or '[]' without a name before it");
  EXPECT_EQ(problem("a.()"), "has '()' or '[]' without a name before it");
  EXPECT_EQ(problem("a()b"), "has a name without a '.' before it");
  EXPECT_EQ(problem("a.**b"), "has a '**' that is not a whole part between dots");
  EXPECT_EQ(problem("a.{b"), "has a '{' without a '}'");
  EXPECT_EQ(problem("a.b}"), "has a '}' without a '{'");
  EXPECT_EQ(problem("a.{b,{c}}"), "has braces within braces");
  EXPECT_EQ(problem("a-b"), "has a '-'; a pattern is made of names, '.', '()', '[]', '*', '**' and {a,b}");
  EXPECT_EQ(problem("a.{b,}"), "ends with a '.'");
  EXPECT_EQ(problem(std::string(5000, 'a')), "is too long");
  std::string many = "a";
  for (int i = 0; i < 40; ++i) many += "{b,c}";
  EXPECT_EQ(problem(many), "stands for more than 2000 paths");
}

TEST(Patterns, ForeignPathsMayHoldAnything) {
  Patterns patterns;
  ASSERT_TRUE(patterns.add("a.**", 1));
  EXPECT_TRUE(patterns.match("..()").empty());
  EXPECT_EQ(patterns.match("a.(.[ ]{}"), (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(patterns.match("a" + std::string(100'000, '.')), (std::vector<std::uint32_t>{1}));
}

}  // namespace
}  // namespace pilothouse::audit
