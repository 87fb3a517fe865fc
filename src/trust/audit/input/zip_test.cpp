#include "trust/audit/input/test_inputs.h"

namespace pilothouse::audit {
namespace {

using Strings = std::vector<std::string>;

// Zips of which a part lies, written byte by byte.
class Zip : public WithFiles {
 protected:
  Input open(std::string_view bytes, const InputLimits& limits = {}) const {
    const auto input = open_input(write("x.whl", bytes), limits);
    if (input) return *input;
    ADD_FAILURE() << input.error().message;
    return {};
  }
  std::string error(std::string_view bytes) const {
    const auto input = open_input(write("x.whl", bytes), {});
    if (input) return "no error";
    EXPECT_EQ(input.error().code, base::Errc::kMalformed);
    const std::string path = (root_ / "x.whl").string();
    EXPECT_EQ(input.error().message.substr(0, path.size()), path);
    return input.error().message.substr(path.size());
  }
};

TEST_F(Zip, IsReadByItsDirectory) {
  const Input input = open(raw_zip({{"b.py", "b"}, {"a/", "", "a/", 0, 0, 0, 0, 040755}, {"a/c.py", "c"}}));
  EXPECT_EQ(input.kind, "wheel");
  EXPECT_EQ(paths(input), (Strings{"a/c.py", "b.py"}));
  EXPECT_EQ(input.files[0].load({}).value(), "c");
  EXPECT_EQ(unread(input), Strings{});
}

TEST_F(Zip, MayHaveNoMembers) { EXPECT_EQ(paths(open(raw_zip({}))), Strings{}); }

TEST_F(Zip, MayHaveALongCommentAndSomethingInFront) {
  const std::string zip = raw_zip({{"a.py", "a"}}, {}, std::string(60'000, 'c'));
  EXPECT_EQ(paths(open(zip)), Strings{"a.py"});
  EXPECT_EQ(paths(open("#!/usr/bin/env python3\n" + zip)), Strings{"a.py"});
  const auto app = open_input(write("app", "#!/usr/bin/env python3\n" + raw_zip({{"__main__.py", "m"}})), {});
  EXPECT_EQ(app->kind, "archive");
  EXPECT_EQ(paths(*app), Strings{"__main__.py"});
}

TEST_F(Zip, OfEqualNamesTheDirectorysLastCounts) {
  const std::string reason =
      "a.py: is in the archive twice; only the last one, which installers keep, was read";
  Input input = open(raw_zip({{"a.py", "first"}, {"a.py", "second"}}));
  EXPECT_EQ(input.files.at(0).bytes, "second");
  EXPECT_EQ(unread(input), Strings{reason});
  input = open(raw_zip({{"a.py", "first"}, {"./a.py", "second"}}, {1, 0}));
  EXPECT_EQ(input.files.at(0).bytes, "first");
  EXPECT_EQ(unread(input), Strings{reason});
}

TEST_F(Zip, MembersWithTwoFacesAreNamed) {
  RawMember name{"a.py"};
  name.local_name = "a.md";
  RawMember suffix{"b.md"};
  suffix.local_name = "b.py";
  RawMember method{"c.py"};
  method.local_method = 8;
  RawMember flags{"d.py"};
  flags.local_flags = 1;
  RawMember shared{"e.py"};
  shared.offset_of = 5;
  const Input input = open(raw_zip({name, suffix, method, flags, shared, {"f.py"}}));
  EXPECT_EQ(paths(input), Strings{"f.py"});
  EXPECT_EQ(unread(input),
            (Strings{"a.py: has two names: one in the archive's directory, another in its own header",
                     "b.md: has two names: one in the archive's directory, another in its own header",
                     "c.py: is packed in another way than the archive's directory says",
                     "d.py: is packed in another way than the archive's directory says",
                     "e.py: has two names: one in the archive's directory, another in its own header"}));
}

TEST_F(Zip, AMemberThatIsThereTwiceInTheDirectoryIsNamed) {
  const Input input = open(raw_zip({{"a.py", "a"}, {"b.py", "b"}}, {0, 1, 0}));
  EXPECT_EQ(paths(input), (Strings{"a.py", "b.py"}));
  EXPECT_EQ(unread(input), Strings{"a.py: is in one place with another member"});
}

TEST_F(Zip, LinksDevicesAndDirectoriesByModeAreNamed) {
  RawMember link{"a.py"};
  link.mode = 0120777;
  RawMember device{"b.py"};
  device.mode = 020666;
  RawMember directory{"c.py"};
  directory.mode = 040755;
  const Input input = open(raw_zip({link, device, directory, {"d.py"}}));
  EXPECT_EQ(paths(input), Strings{"d.py"});
  EXPECT_EQ(unread(input), (Strings{"a.py: is a link, which is not followed", "b.py: is no regular file",
                                    "c.py: is no regular file"}));
}

TEST_F(Zip, NamesThatAreNoneAreNamed) {
  const std::string null("n.py\0.txt", 9);
  const Input input =
      open(raw_zip({{"../a.py"}, {"/b.py"}, {"c/../../d.py"}, {"e\xff.py"}, {null}, {"größe.py"}}));
  EXPECT_EQ(paths(input), Strings{"größe.py"});
  EXPECT_EQ(unread(input).size(), 5U);
  EXPECT_EQ(unread(input)[0], "../a.py: has \"..\" in its name, which would put it outside");
  EXPECT_EQ(unread(input)[1], "/b.py: has an absolute name, which would put it anywhere");
  EXPECT_EQ(unread(input)[3], "e\\xff.py: has a name that is not UTF-8");
}

TEST_F(Zip, WaysOfPackingThatPythonDoesNotKnowAreNamed) {
  RawMember ppmd{"a.py"};
  ppmd.method = ppmd.local_method = 98;
  // Version, size and properties of LZMA, which ask for a dictionary of 2 GiB.
  RawMember lzma{"b.py", std::string("\x09\x04\x05\x00\x5d\x00\x00\x00\x80", 9) + std::string(20, 'x')};
  lzma.method = lzma.local_method = 14;
  EXPECT_EQ(unread(open(raw_zip({ppmd, lzma}))),
            (Strings{"a.py: is packed in a way that Python does not know",
                     "b.py: needs more than 64 MiB of memory to be unpacked"}));
}

TEST_F(Zip, AWrongChecksumIsSaid) {
  RawMember wrong{"a.py"};
  wrong.wrong_checksum = true;
  const Input input = open(raw_zip({wrong, {"b.py"}}));
  EXPECT_EQ(paths(input), (Strings{"a.py", "b.py"}));
  EXPECT_EQ(input.files[0].bytes, "pass\n");
  ASSERT_EQ(input.unread.size(), 1U);
  EXPECT_EQ(unread(input)[0].substr(0, 35), "a.py: cannot be unpacked whole: ZIP");
}

TEST_F(Zip, WithoutItsDirectoryIsReadAsFarAsItGoes) {
  const std::string zip = raw_zip({{"a.py", "a"}, {"b.py", std::string(100'000, 'b')}, {"c.py", "c"}});
  const Input input = open(zip.substr(0, 1000));
  EXPECT_EQ(input.files.at(0).path, "a.py");
  EXPECT_EQ(input.files.at(0).bytes, "a");
  ASSERT_GE(input.unread.size(), 2U);
  EXPECT_NE(unread(input).back().find("x.whl: is cut off: it has no directory at its end"),
            std::string::npos);
}

TEST_F(Zip, WithoutItsDirectoryIsStillBounded) {
  // The end of such members is only found by unpacking them.
  const auto stream = [](std::vector<TestMember> members) {
    ::archive* writer = ::archive_write_new();
    ::archive_write_set_format_zip(writer);
    std::string out(1U << 20, '\0');
    std::size_t used = 0;
    ::archive_write_open_memory(writer, out.data(), out.size(), &used);
    for (const TestMember& member : members) {
      ::archive_entry* entry = ::archive_entry_new();
      ::archive_entry_set_pathname(entry, member.name.c_str());
      ::archive_entry_set_filetype(entry, AE_IFREG);
      EXPECT_EQ(::archive_write_header(writer, entry), ARCHIVE_OK);
      ::archive_write_data(writer, member.bytes.data(), member.bytes.size());
      ::archive_entry_free(entry);
    }
    ::archive_write_free(writer);
    out.resize(out.find("PK\x01\x02"));
    return out;
  };
  const Input input = open(stream(
      {{"a.py", "a"}, {"b.txt", "b"}, {"c.py", "c"}, {"d.txt", std::string(8U << 20, 'd')}, {"e.py"}}));
  EXPECT_EQ(paths(input), (Strings{"a.py", "c.py"}));
  EXPECT_EQ(unread(input).back(),
            "x.whl: unpacks to more than 200 times its size; what comes after d.txt was not read");
  RawMember bzip2{"b.txt"};
  bzip2.method = bzip2.local_method = 12;
  std::string zip = raw_zip({{"a.py"}, bzip2, {"c.py"}});
  EXPECT_EQ(unread(open(zip.substr(0, zip.find("PK\x01\x02")))).front(),
            "x.whl: has a member that is only unpacked with the directory at the end; what comes after a.py "
            "was not read");
}

TEST_F(Zip, WithADirectoryThatLiesIsRefused) {
  const std::string zip = raw_zip({{"a.py", "a"}, {"b.py", "b"}});
  const std::size_t end = zip.size() - 22;
  const auto changed = [&](std::size_t at, std::string_view bytes) {
    return std::string(zip).replace(at, bytes.size(), bytes);
  };
  const auto refused = [](const std::string& what) {
    return " is a zip that " + what + "; pack it again with an ordinary tool";
  };
  EXPECT_EQ(error(changed(end + 4, "\x01")), refused("is a part of several"));
  EXPECT_EQ(error(changed(end + 8, "\x01")), refused("is a part of several"));
  EXPECT_EQ(error(changed(end + 15, "\x7f")), refused("is cut off at its beginning"));
  EXPECT_EQ(error(zip.substr(10)), refused("is cut off at its beginning"));
  const std::size_t directory = zip.find("PK\x01\x02");
  EXPECT_EQ(error(changed(directory, "XX")), refused("has a damaged directory"));
  EXPECT_EQ(error(changed(directory + 29, "\xff")), refused("has a damaged directory"));
  EXPECT_NE(error("not a zip").find("cannot be unpacked"), std::string::npos);
  EXPECT_NE(error(std::string(1000, '\0')).find("cannot be unpacked"), std::string::npos);
}

TEST_F(Zip, IsShownInUtf8WhateverItsNamesAre) {
  InputLimits limits;
  limits.max_unpacked = 3;
  const Input input = open(raw_zip({{"\xff", ""}, {"a.py", "1234"}}), limits);
  EXPECT_EQ(unread(input),
            (Strings{"\\xff: has a name that is not UTF-8",
                     "x.whl: unpacks to more than 3 bytes; what comes after a.py was not read"}));
  std::string damaged = raw_zip({{"\xff", ""}, {"a.py"}, {"b.py"}});
  damaged.replace(damaged.find("PK\x03\x04", 1), 2, "XX");
  EXPECT_EQ(unread(open(damaged)).back(),
            "x.whl: cannot be unpacked whole: Damaged Zip archive; what comes after \\xff was not read");
}

TEST_F(Zip, StopsAtTheLimitOfMembers) {
  InputLimits limits;
  limits.max_members = 2;
  const Input input = open(raw_zip({{"a.py"}, {"b.py"}, {"c.py"}}), limits);
  EXPECT_EQ(paths(input), (Strings{"a.py", "b.py"}));
  EXPECT_EQ(unread(input), Strings{"x.whl: has more than 2 members"});
}

}  // namespace
}  // namespace pilothouse::audit
