#include <gtest/gtest.h>

#include <chrono>

#include "base/utf8.h"
#include "trust/audit/input/encoding.h"
#include "trust/audit/input/input.h"

namespace pilothouse::audit {
namespace {

std::string text_of(std::string_view bytes) {
  const auto text = decode(bytes);
  if (!text) return "error: " + text.error().message;
  EXPECT_EQ(text->problem, "");
  return text->utf8;
}

std::string error_of(std::string_view bytes) {
  const auto text = decode(bytes);
  return text ? "no error" : text.error().message;
}

TEST(Decode, TakesUtf8AsItIs) {
  EXPECT_EQ(text_of(""), "");
  EXPECT_EQ(text_of("größe = 1\r\nb = 2\r"), "größe = 1\r\nb = 2\r");
  EXPECT_EQ(text_of("\xef\xbb\xbfx = 1\n"), "x = 1\n");
  EXPECT_EQ(text_of("\xef\xbb\xbf# coding: utf-8\n"), "# coding: utf-8\n");
  EXPECT_EQ(decode("x")->encoding, "utf-8");
}

TEST(Decode, SaysOnWhichLineItIsNotUtf8) {
  EXPECT_EQ(error_of("a = 1\nb = '\xff'\n"), "is not UTF-8 on line 2; save it as UTF-8");
  EXPECT_EQ(error_of("# coding: utf-8\n\n'\xc3'"),
            "is not utf-8, as it declares on line 3; save it as UTF-8");
  EXPECT_EQ(error_of("\xed\xa0\x80"), "is not UTF-8 on line 1; save it as UTF-8");
}

TEST(Decode, FindsDeclarationsWherePythonDoes) {
  const auto declared = [](std::string_view bytes) { return std::string(declared_encoding(bytes)); };
  EXPECT_EQ(declared("# -*- coding: latin-1 -*-\n"), "latin-1");
  EXPECT_EQ(declared("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n"), "cp1252");
  EXPECT_EQ(declared("\n \t\f# coding=koi8-r"), "koi8-r");
  EXPECT_EQ(declared("# a\r\n# coding: koi8-r\r\n"), "koi8-r");
  EXPECT_EQ(declared("# a\r# coding: koi8-r\r"), "koi8-r");
  EXPECT_EQ(declared("# coding coding : x coding: y"), "y");
  EXPECT_EQ(declared("# coding: (x) coding: y"), "y");
  EXPECT_EQ(declared("# a\n# b\n# coding: latin-1\n"), "");
  EXPECT_EQ(declared("import os\n# coding: latin-1\n"), "");
  EXPECT_EQ(declared("x = 'coding: latin-1'\n"), "");
  EXPECT_EQ(declared("# coding : latin-1\n"), "");
  EXPECT_EQ(declared("# coding:"), "");
  EXPECT_EQ(declared(""), "");
}

TEST(Decode, KnowsTheNamesThatPythonKnows) {
  for (const char* name : {"utf8", "UTF-8", "utf_8", "U8", "utf-8-sig", "UTF-8-anything", "cp65001"}) {
    EXPECT_EQ(encoding_name(name), "utf-8") << name;
  }
  for (const char* name : {"latin-1", "Latin1", "iso-8859-1", "iso8859-1", "ISO_8859_1", "L1",
                           "iso-latin-1-unix", "latin-1-dos"}) {
    EXPECT_EQ(encoding_name(name), "iso-8859-1") << name;
  }
  EXPECT_EQ(encoding_name("windows-1252"), "cp1252");
  EXPECT_EQ(encoding_name("1251"), "cp1251");
  EXPECT_EQ(encoding_name("US-ASCII"), "ascii");
  EXPECT_EQ(encoding_name("Shift_JIS"), "cp932");
  EXPECT_EQ(encoding_name("--"), "");
}

TEST(Decode, KnowsOtherEncodings) {
  EXPECT_EQ(text_of("# coding: latin-1\n'gr\xf6\xdf"
                    "e'\n"),
            "# coding: latin-1\n'größe'\n");
  EXPECT_EQ(text_of("# coding: cp1252\n'\x80'\n"), "# coding: cp1252\n'€'\n");
  EXPECT_EQ(text_of("# coding: koi8-r\n'\xc1'\n"), "# coding: koi8-r\n'а'\n");
  EXPECT_EQ(text_of("# coding: iso-8859-15\n'\xa4'\n"), "# coding: iso-8859-15\n'€'\n");
  EXPECT_EQ(text_of("# coding: shift_jis\n'\x93\xfa\\n~'\n"), "# coding: shift_jis\n'日\\n~'\n");
  EXPECT_EQ(text_of("# coding: euc_jp\n'\xc6\xfc\\n'\n"), "# coding: euc_jp\n'日\\n'\n");
  EXPECT_EQ(text_of("# coding: gbk\n'\xc8\xd5'\n"), "# coding: gbk\n'日'\n");
  EXPECT_EQ(text_of("# coding: big5\n'\xa4\xe9'\n"), "# coding: big5\n'日'\n");
  EXPECT_EQ(text_of("# coding: ascii\nx\n"), "# coding: ascii\nx\n");
  EXPECT_EQ(decode("# coding: windows-1251\n")->encoding, "cp1251");
}

TEST(Decode, SaysWhereAnotherEncodingFails) {
  EXPECT_EQ(error_of("# coding: cp1252\n\n'\x81'\n"),
            "is not cp1252, as it declares on line 3; save it as UTF-8");
  EXPECT_EQ(error_of("# coding: ascii\n'\xe4'\n"),
            "is not ascii, as it declares on line 2; save it as UTF-8");
  EXPECT_EQ(error_of("# coding: euc_jp\n'\xc6"), "is not euc-jp, as it declares on line 2; save it as UTF-8");
}

TEST(Decode, RefusesEncodingsThatPythonHasNotForSources) {
  for (const char* name :
       {"rot13", "hex", "base64", "martian", "utf-16", "utf_32_le", "U16", "ucs-2", "undefined", "-"}) {
    EXPECT_EQ(
        error_of("# coding: " + std::string(name) + "\n"),
        "declares the encoding \"" + std::string(name) + "\", which is not known here; save it as UTF-8");
  }
  EXPECT_LT(error_of("# coding: " + std::string(1'000'000, 'x')).size(), 200U);
}

TEST(Decode, SeesThroughEncodingsThatHideCode) {
  EXPECT_EQ(text_of("# coding: utf-7\n+AGUAeABlAGM-('~\\\\ +- +2D3egA-')\n"),
            "# coding: utf-7\nexec('~\\\\ + 🚀')\n");
  EXPECT_EQ(text_of("# coding: utf_7\n+AGU"), "# coding: utf_7\ne");
  EXPECT_EQ(error_of("# coding: utf-7\n+2D0-"), "is not utf-7, as it declares on line 2; save it as UTF-8");
  EXPECT_EQ(error_of("# coding: utf-7\n\xe4"), "is not utf-7, as it declares on line 2; save it as UTF-8");
  EXPECT_EQ(text_of("# coding: unicode_escape\n# \\x0aimport os\\12\\u0065xit\\U0001f680\xe4\\q\\\n\\\\"),
            "# coding: unicode_escape\n# \nimport os\nexit🚀ä\\q\\");
  EXPECT_EQ(text_of("# coding: raw_unicode_escape\n\\u0065\\n\\\\u0065\\"),
            "# coding: raw_unicode_escape\ne\\n\\\\u0065\\");
  EXPECT_EQ(error_of("# coding: unicode_escape\n\\x4"),
            "is not unicode-escape, as it declares on line 2; save it as UTF-8");
  EXPECT_EQ(error_of("# coding: unicode_escape\n\\ud800"),
            "is not unicode-escape, as it declares on line 2; save it as UTF-8");
  EXPECT_EQ(error_of("# coding: unicode_escape\n\\"),
            "is not unicode-escape, as it declares on line 2; save it as UTF-8");
  EXPECT_EQ(decode("# coding: UTF7\n")->encoding, "utf-7");
}

TEST(Decode, ReadsWhatPythonWouldNotRun) {
  const auto nulls = decode(std::string_view("a = 1\0\0\nb = 2\n", 14));
  EXPECT_EQ(nulls->utf8, "a = 1  \nb = 2\n");
  EXPECT_EQ(nulls->problem, "has null bytes; they were read as blanks");
  const auto wide =
      decode(std::string_view("\xff\xfe"
                              "a\0\n\0",
                              6));
  EXPECT_EQ(wide->utf8, "a\n");
  EXPECT_EQ(wide->problem, "is UTF-16, which Python does not run; save it as UTF-8");
  EXPECT_EQ(decode(std::string_view("\xfe\xff\0a", 4))->utf8, "a");
  EXPECT_EQ(decode(std::string_view("\xff\xfe\0\0a\0\0\0", 8))->utf8, "a");
  EXPECT_EQ(error_of("\xff\xfe"
                     "a"),
            "begins like UTF-16 and is not; save it as UTF-8");
  const auto both = decode("\xef\xbb\xbf# coding: latin-1\nö\n");
  EXPECT_EQ(both->utf8, "# coding: latin-1\nö\n");
  EXPECT_NE(both->problem.find("declares \"latin-1\""), std::string::npos);
}

TEST(Decode, TakesLongLinesInStride) {
  const auto start = std::chrono::steady_clock::now();
  const std::string line(10'000'000, 'x');
  EXPECT_EQ(text_of(line), line);
  EXPECT_EQ(text_of("# coding: cp1252\n" + line).size(), line.size() + 17);
  EXPECT_EQ(error_of(line + "\xff"), "is not UTF-8 on line 1; save it as UTF-8");
  EXPECT_EQ(text_of(std::string(10'000'000, '\n')).size(), 10'000'000U);
  EXPECT_EQ(text_of("#" + std::string(9'000'000, ' ') + "coding" + std::string(1'000'000, ' ')).size(),
            10'000'007U);
  std::string many("#");
  for (int i = 0; i < 1'000'000; ++i) many += "coding ";
  EXPECT_EQ(text_of(many).size(), many.size());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

}  // namespace
}  // namespace pilothouse::audit
