#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "trust/audit/input/test_inputs.h"

namespace pilothouse::audit {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

class Directory : public WithFiles {
 protected:
  Input open(const InputLimits& limits = {}) const {
    const auto input = open_input(root_.path(), limits);
    EXPECT_TRUE(input) << input.error().message;
    EXPECT_EQ(input->kind, "directory");
    return *input;
  }
};

TEST_F(Directory, GivesItsSourcesInOrder) {
  write("b/z.py", "z");
  write("b.py", "b");
  write("a/__init__.py", "");
  write("a/data.json", "{}");
  write("gui.pyw", "g");
  write("hook.pth", "import x");
  write("bin/tool", "#!/usr/bin/env python3\n");
  write("bin/shell", "#!/bin/sh\n");
  write("bin/empty", "");
  const Input input = open();
  EXPECT_EQ(paths(input), (Strings{"a/__init__.py", "b.py", "b/z.py", "bin/tool", "gui.pyw", "hook.pth"}));
  EXPECT_EQ(unread(input), Strings{});
  EXPECT_EQ(input.name, root_.path().filename().string());
  EXPECT_TRUE(input.files[1].bytes.empty());
  EXPECT_EQ(input.files[1].load({}).value(), "b");
  EXPECT_EQ(input.files[0].load({}).value(), "");
}

TEST_F(Directory, LeavesOutWhatIsNotItsOwn) {
  write(".git/hook.py", "");
  write("a/__pycache__/a.cpython-311.pyc", "");
  write("a/a.py", "");
  write(".hidden.py", "");
  write("env/pyvenv.cfg", "");
  write("env/lib/x.py", "");
  const Input input = open();
  EXPECT_EQ(paths(input), (Strings{".hidden.py", "a/a.py"}));
  EXPECT_EQ(unread(input), Strings{"env: is a virtual environment, which is left out; audit it by itself"});
}

TEST_F(Directory, IsAuditedThoughItIsAVirtualEnvironment) {
  write("pyvenv.cfg", "");
  write("lib/x.py", "");
  EXPECT_EQ(paths(open()), Strings{"lib/x.py"});
}

TEST_F(Directory, NamesBytecodeThatPythonWouldImport) {
  write("a/secret.pyc", "");
  EXPECT_EQ(unread(open()), Strings{"a/secret.pyc: is compiled; audit the source it was made from"});
}

TEST_F(Directory, DoesNotFollowLinks) {
  write("real/a.py", "");
  fs::create_directory_symlink(root_.path(), root_ / "real" / "cycle");
  fs::create_symlink("/etc/passwd", root_ / "x.py");
  fs::create_symlink("/nowhere", root_ / "y.py");
  fs::create_symlink("self.py", root_ / "self.py");
  fs::create_symlink("/etc/passwd", root_ / "data.txt");
  const Input input = open();
  EXPECT_EQ(paths(input), Strings{"real/a.py"});
  const std::string reason = ": is a link, which is not followed; audit what it points to";
  EXPECT_EQ(unread(input),
            (Strings{"real/cycle" + reason, "self.py" + reason, "x.py" + reason, "y.py" + reason}));
}

TEST_F(Directory, NeverOpensPipesAndSockets) {
  ASSERT_EQ(::mkfifo((root_ / "pipe.py").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0600), 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (root_ / "s.py").string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const Input input = open();
  ::close(listener);
  EXPECT_EQ(paths(input), Strings{});
  EXPECT_EQ(unread(input), (Strings{"pipe.py: is no regular file", "s.py: is no regular file"}));
}

TEST_F(Directory, NamesLargeFiles) {
  write("a.py", "12345");
  write("b.py", "123456");
  InputLimits limits;
  limits.max_file = 5;
  const Input input = open(limits);
  EXPECT_EQ(paths(input), Strings{"a.py"});
  EXPECT_EQ(unread(input), Strings{"b.py: has more than 5 bytes, the most that is read of one file"});
}

TEST_F(Directory, SaysWhyAFileCannotBeLoaded) {
  write("gone.py", "1");
  write("grown.py", "1");
  write("piped.py", "1");
  write("swapped.py", "1");
  InputLimits limits;
  limits.max_file = 5;
  const Input input = open(limits);
  ASSERT_EQ(input.files.size(), 4U);
  fs::remove(root_ / "gone.py");
  write("grown.py", "123456");
  fs::remove(root_ / "piped.py");
  ASSERT_EQ(::mkfifo((root_ / "piped.py").c_str(), 0600), 0);
  fs::remove(root_ / "swapped.py");
  fs::create_symlink("/etc/passwd", root_ / "swapped.py");
  const auto error = [&](std::size_t i) { return input.files[i].load(limits).error().message; };
  EXPECT_EQ(error(0), "is not there, or no longer");
  EXPECT_EQ(error(1), "has more than 5 bytes, the most that is read of one file");
  EXPECT_EQ(error(2), "is not a regular file");
  EXPECT_EQ(error(3), "is a link, which is not followed; audit what it points to");
}

TEST_F(Directory, MayHaveNamesThatAreNotUtf8) {
  write("a\xff.py", "1");
  write("\xfe/b.py", "2");
  const Input input = open();
  EXPECT_EQ(paths(input), (Strings{"\\xfe/b.py", "a\\xff.py"}));
  EXPECT_EQ(input.files[1].load({}).value(), "1");
}

TEST_F(Directory, MayBeDeep) {
  std::string path;
  for (int i = 0; i < 1000; ++i) path += "d/";
  write(path + "deep.py", "");
  EXPECT_EQ(paths(open()), Strings{path + "deep.py"});
}

TEST_F(Directory, MayBeEmpty) { EXPECT_EQ(paths(open()), Strings{}); }

}  // namespace
}  // namespace pilothouse::audit
