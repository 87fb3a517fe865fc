#include "trust/audit/input/names.h"

#include <gtest/gtest.h>

namespace pilothouse::audit {
namespace {

TEST(Names, TellWhatIsASource) {
  for (const char* name : {"a.py", "a/b.pyw", "x.pth", "A.PY", ".py", "a.b.py"})
    EXPECT_TRUE(is_source_name(name)) << name;
  for (const char* name : {"a.pyi", "a.pyc", "py", "a.py/b", "a.py.txt", ""})
    EXPECT_FALSE(is_source_name(name)) << name;
}

TEST(Names, TellSuffixes) {
  EXPECT_TRUE(has_suffix("a/b.c"));
  EXPECT_FALSE(has_suffix("a.b/c"));
  EXPECT_FALSE(has_suffix(".bashrc"));
  EXPECT_FALSE(has_suffix("a/.b"));
}

TEST(Names, TellArchivesAndBytecode) {
  for (const char* name : {"a.whl", "b/a.zip", "a.tar.gz", "A.TGZ", "a.tar", "x.egg"})
    EXPECT_TRUE(is_archive_name(name)) << name;
  for (const char* name : {"a.gz", "a.py", "zip", "a.7z"}) EXPECT_FALSE(is_archive_name(name)) << name;
  EXPECT_TRUE(is_bytecode_name("a/b.pyc"));
  EXPECT_TRUE(is_bytecode_name("b.pyo"));
  EXPECT_FALSE(is_bytecode_name("a/__pycache__/b.cpython-311.pyc"));
  EXPECT_FALSE(is_bytecode_name("__pycache__/b.pyc"));
}

TEST(Names, TellScriptsByTheirFirstLine) {
  EXPECT_TRUE(runs_as_python("#!/usr/bin/env python3\nimport os\n"));
  EXPECT_TRUE(runs_as_python("#!python"));
  EXPECT_FALSE(runs_as_python("#!/bin/sh\n# python\n"));
  EXPECT_FALSE(runs_as_python("import python\n"));
  EXPECT_FALSE(runs_as_python(""));
}

TEST(Names, AreShownAsUtf8) {
  EXPECT_EQ(readable("größe.py"), "größe.py");
  EXPECT_EQ(readable("a\xff\x80.py"), "a\\xff\\x80.py");
}

TEST(Names, OfMembersAreCleaned) {
  const auto path = [](std::string_view raw) {
    const MemberName name = member_name(raw);
    EXPECT_EQ(name.problem, "") << raw;
    return name.path;
  };
  EXPECT_EQ(path("./a//b/./c.py"), "a/b/c.py");
  EXPECT_EQ(path("a..b/..c.py"), "a..b/..c.py");
  EXPECT_EQ(path("größe.py"), "größe.py");
}

TEST(Names, OfMembersThatLeadOutAreProblems) {
  for (const char* raw : {"../a.py", "a/../../b.py", "a/..", "/etc/a.py", "\\a.py", "C:\\a.py", "c:a.py", "",
                          "./", "\xff.py"}) {
    EXPECT_NE(member_name(raw).problem, "") << raw;
  }
  EXPECT_NE(member_name(std::string_view("a.py\0.txt", 9)).problem, "");
  EXPECT_EQ(member_name("a/../b.py").path, "a/../b.py");
}

}  // namespace
}  // namespace pilothouse::audit
