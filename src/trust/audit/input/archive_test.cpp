#include <chrono>

#include "trust/audit/input/test_inputs.h"

namespace pilothouse::audit {
namespace {

using Strings = std::vector<std::string>;

class Archive : public WithFiles {
 protected:
  Input open(const std::string& name, std::string_view bytes, const InputLimits& limits = {}) const {
    const auto input = open_input(write(name, bytes), limits);
    if (input) return *input;
    ADD_FAILURE() << input.error().message;
    return {};
  }
};

const std::vector<TestMember> kOrdinary{
    {"p-1/setup.py", "setup"},     {"p-1/p/größe.py", "g"},
    {"p-1/README.md", "text"},     {"p-1/bin/run", "#!/usr/bin/python\nrun"},
    {"p-1/bin/sh", "#!/bin/sh\n"}, {"p-1/empty", ""},
    {"p-1/empty.py", ""},          {"p-1/d", "", AE_IFDIR}};

TEST_F(Archive, OfEachKindGivesItsSources) {
  struct Kind {
    const char* name;
    const char* kind;
    bool zip;
    int filter;
  };
  for (const Kind& kind : {Kind{"x.zip", "archive", true, ARCHIVE_FILTER_NONE},
                           {"x.whl", "wheel", true, ARCHIVE_FILTER_NONE},
                           {"x.tar", "sdist", false, ARCHIVE_FILTER_NONE},
                           {"x.tar.gz", "sdist", false, ARCHIVE_FILTER_GZIP},
                           {"x.tar.bz2", "sdist", false, ARCHIVE_FILTER_BZIP2},
                           {"x.tar.xz", "sdist", false, ARCHIVE_FILTER_XZ},
                           {"x.tar.zst", "sdist", false, ARCHIVE_FILTER_ZSTD}}) {
    const Input input = open(kind.name, packed(kOrdinary, kind.zip, kind.filter));
    EXPECT_EQ(input.kind, kind.kind) << kind.name;
    EXPECT_EQ(input.name, kind.name);
    EXPECT_EQ(paths(input), (Strings{"p-1/bin/run", "p-1/empty.py", "p-1/p/größe.py", "p-1/setup.py"}))
        << kind.name;
    EXPECT_EQ(unread(input), Strings{}) << kind.name;
    EXPECT_EQ(input.files.at(0).load({}).value(), "#!/usr/bin/python\nrun");
    EXPECT_EQ(input.files.at(3).bytes, "setup");
  }
}

TEST_F(Archive, NamesLinksDevicesAndOtherArchives) {
  const Input input = open("x.tar.gz", packed({{"a.py", "a"},
                                               {"hard.py", "", AE_IFREG, "a.py", true},
                                               {"soft.py", "", AE_IFLNK, "/etc/passwd"},
                                               {"null", "", AE_IFCHR},
                                               {"pipe", "", AE_IFIFO},
                                               {"in/x.whl", "PK"},
                                               {"in/x.tar.bz2", "BZ"},
                                               {"c.pyc", "c"},
                                               {"../out.py", "o"},
                                               {"/abs.py", "o"}},
                                              false, ARCHIVE_FILTER_GZIP));
  EXPECT_EQ(paths(input), Strings{"a.py"});
  EXPECT_EQ(unread(input),
            (Strings{"../out.py: has \"..\" in its name, which would put it outside",
                     "/abs.py: has an absolute name, which would put it anywhere",
                     "c.pyc: is compiled; audit the source it was made from",
                     "hard.py: is a link, which is not followed",
                     "in/x.tar.bz2: is an archive in an archive; unpack it and audit it by itself",
                     "in/x.whl: is an archive in an archive; unpack it and audit it by itself",
                     "null: is no regular file", "pipe: is no regular file",
                     "soft.py: is a link, which is not followed"}));
}

TEST_F(Archive, KeepsTheLastOfEqualNames) {
  const Input input = open("x.tar", packed({{"a.py", "1"}, {"./a.py", "2"}, {"a.py", "3"}}, false));
  EXPECT_EQ(paths(input), Strings{"a.py"});
  EXPECT_EQ(input.files.at(0).bytes, "3");
  EXPECT_EQ(input.unread.size(), 2U);
}

TEST_F(Archive, NamesEncryptedMembers) {
  for (const char* options : {"zip:encryption=zipcrypt", "zip:encryption=aes256"}) {
    const Input input = open("x.zip", packed({{"a.py", "secret"}}, true, ARCHIVE_FILTER_NONE, options));
    EXPECT_EQ(paths(input), Strings{});
    ASSERT_EQ(input.unread.size(), 1U) << options;
  }
}

TEST_F(Archive, StopsAtBombs) {
  const std::vector<TestMember> bomb{{"a.py", "a"}, {"b.py", std::string(8U << 20, 'b')}, {"c.py", "c"}};
  InputLimits ratio;
  ratio.max_file = 64U << 20;
  InputLimits total = ratio;
  total.max_ratio = 1'000'000'000;
  total.max_unpacked = 1U << 20;
  for (const bool zip : {true, false}) {
    for (const auto filter :
         {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD}) {
      if (zip && filter != ARCHIVE_FILTER_GZIP) continue;
      const std::string bytes = packed(bomb, zip, zip ? ARCHIVE_FILTER_NONE : filter);
      ASSERT_LT(bytes.size(), 40'000U);
      const std::string name = zip ? "x.zip" : "x.tar.gz";
      Input input = open(name, bytes, ratio);
      EXPECT_EQ(input.files.at(0).bytes, "a");
      EXPECT_LE(input.files.size(), 2U);
      EXPECT_EQ(unread(input).back().rfind(name + ": unpacks to more than 200 times its size", 0), 0U)
          << unread(input).back();
      input = open(name, bytes, total);
      EXPECT_EQ(unread(input).back().rfind(name + ": unpacks to more than 1048576 bytes", 0), 0U)
          << unread(input).back();
    }
  }
}

TEST_F(Archive, StopsAtBombsOfWhichNothingIsKept) {
  // 20 MB of bytes that no tar reader would hand on, and a text that is skipped.
  const auto start = std::chrono::steady_clock::now();
  const Input input =
      open("x.tar.bz2", packed({{"a.py", "a"}, {"t.txt", std::string(20U << 20, 't')}, {"z.py", "z"}}, false,
                               ARCHIVE_FILTER_BZIP2));
  EXPECT_EQ(paths(input), Strings{"a.py"});
  EXPECT_EQ(
      unread(input),
      Strings{"x.tar.bz2: unpacks to more than 200 times its size; what comes after t.txt was not read"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

// A member of GNU tar with holes, whose list of holes goes on and on. libarchive keeps such a list in memory.
std::string endless_holes(std::size_t blocks) {
  const auto octal = [](std::uint64_t value, int digits) {
    std::string text;
    for (; digits > 0; --digits, value >>= 3U)
      text.insert(text.begin(), static_cast<char>('0' + (value & 7U)));
    return text + '\0';
  };
  const std::string hole = octal(1, 11) + octal(1, 11);
  std::string header(512, '\0');
  header.replace(0, 4, "h.py").replace(100, 8, octal(0644, 7)).replace(124, 12, octal(0, 11));
  header.replace(136, 12, octal(0, 11)).replace(148, 8, "        ").replace(156, 1, "S");
  header.replace(257, 8, std::string_view("ustar  \0", 8)).replace(483, 12, octal(1'000'000, 11));
  for (std::size_t i = 0; i < 4; ++i) header.replace(386 + 24 * i, 24, hole);
  header[482] = 1;
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 8, octal(sum, 6) + ' ');
  std::string block;
  for (int i = 0; i < 21; ++i) block += hole;
  block += '\1' + std::string(7, '\0');
  for (; blocks > 0; --blocks) header += block;
  return header;
}

TEST_F(Archive, BoundsTheHeadersOfATar) {
  const std::string tar = packed({{"a.py", "a"}}, false).substr(0, 1024) + endless_holes(20'000);
  const Input input = open("x.tar", tar);
  EXPECT_EQ(paths(input), Strings{"a.py"});
  ASSERT_EQ(input.unread.size(), 1U);
  EXPECT_NE(unread(input)[0].find("a member has a header over 4 MiB"), std::string::npos) << unread(input)[0];
}

TEST_F(Archive, DoesNotUndoACompressionTwice) {
  const std::string tar = packed({{"a.py", "a"}}, false);
  const std::string once = packed({{"x.tar", tar}}, false, ARCHIVE_FILTER_GZIP);
  const Input input = open("x.tar.gz", once);
  EXPECT_EQ(paths(input), Strings{});
  EXPECT_EQ(unread(input), Strings{"x.tar: is an archive in an archive; unpack it and audit it by itself"});
  ::archive* writer = ::archive_write_new();
  ::archive_write_set_format_pax_restricted(writer);
  ::archive_write_add_filter_gzip(writer);
  ::archive_write_add_filter_gzip(writer);
  const std::string path = (root_ / "y.tar.gz").string();
  ASSERT_EQ(::archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  ::archive_write_free(writer);
  const auto twice = open_input(path, {});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, base::Errc::kMalformed);
}

TEST_F(Archive, NamesLargeFilesAndGoesOn) {
  InputLimits limits;
  limits.max_file = 5;
  for (const bool zip : {true, false}) {
    const Input input =
        open(zip ? "x.zip" : "x.tar", packed({{"a.py", "123456"}, {"b.py", "12345"}}, zip), limits);
    EXPECT_EQ(paths(input), Strings{"b.py"});
    EXPECT_EQ(unread(input), Strings{"a.py: has more than 5 bytes, the most that is read of one file"});
  }
}

TEST_F(Archive, StopsAtTheLimitOfMembers) {
  InputLimits limits;
  limits.max_members = 2;
  const Input input = open("x.tar", packed({{"a.py"}, {"b.py"}, {"c.py"}}, false), limits);
  EXPECT_EQ(paths(input), (Strings{"a.py", "b.py"}));
  EXPECT_EQ(unread(input), Strings{"x.tar: has more than 2 members; what comes after b.py was not read"});
}

TEST_F(Archive, CutOffIsReadAsFarAsItGoes) {
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 1'500'000; ++i)
    noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24U);
  const std::vector<TestMember> members{{"a.py", "a"}, {"b.py", noise}, {"c.py", "c"}};
  for (const int filter : {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                           ARCHIVE_FILTER_ZSTD}) {
    const std::string bytes = packed(members, false, filter);
    const Input input = open("x.tar", bytes.substr(0, bytes.size() - bytes.size() / 8));
    EXPECT_EQ(input.files.at(0).bytes, "a") << filter;
    ASSERT_GE(input.unread.size(), 1U) << filter;
    EXPECT_NE(unread(input).back().find("x.tar: cannot be unpacked whole: "), std::string::npos)
        << unread(input).back();
  }
}

TEST_F(Archive, ThatIsNoneIsAnError) {
  for (const char* name : {"x.tar.gz", "x.whl", "x.zip", "x.tar"}) {
    for (const std::string& bytes :
         {std::string("hello"), std::string("\x1f\x8b\x08") + std::string(100, 'x'), std::string("BZh9junk"),
          packed({}, false, ARCHIVE_FILTER_GZIP).substr(0, 5)}) {
      const auto input = open_input(write(name, bytes), {});
      ASSERT_FALSE(input) << name;
      EXPECT_EQ(input.error().code, base::Errc::kMalformed);
      EXPECT_NE(input.error().message.find("cannot be unpacked"), std::string::npos) << input.error().message;
      EXPECT_NE(input.error().message.find("fetch it again"), std::string::npos);
    }
  }
}

TEST_F(Archive, OfOtherFormatsIsNotRead) {
  // 7z and a shar are not asked of libarchive, whatever they are called.
  EXPECT_FALSE(open_input(write("x.tar", "7z\xbc\xaf\x27\x1c" + std::string(100, '\0')), {}));
  EXPECT_FALSE(open_input(write("x.7z", "7z\xbc\xaf\x27\x1c" + std::string(100, '\0')), {}));
  EXPECT_FALSE(open_input(write("x.tar", "#!/bin/sh\n# This is a shell archive\n"), {}));
}

TEST_F(Archive, MayBeEmpty) {
  EXPECT_EQ(paths(open("x.tar", packed({}, false))), Strings{});
  EXPECT_EQ(paths(open("x.tar.gz", packed({}, false, ARCHIVE_FILTER_GZIP))), Strings{});
  EXPECT_EQ(paths(open("x.zip", packed({}, true))), Strings{});
}

TEST_F(Archive, IsTheSameEachTime) {
  const std::string bytes = packed(kOrdinary, false, ARCHIVE_FILTER_GZIP);
  EXPECT_EQ(paths(open("x.tar.gz", bytes)), paths(open("x.tar.gz", bytes)));
}

}  // namespace
}  // namespace pilothouse::audit
