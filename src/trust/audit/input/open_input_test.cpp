#include <sys/stat.h>

#include "trust/audit/input/test_inputs.h"
#include "trust/signatures/test_bundles.h"

namespace pilothouse::audit {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

class OpenInput : public WithFiles {
 protected:
  std::string error(const fs::path& path, const InputLimits& limits = {}) const {
    const auto input = open_input(path, limits);
    return input ? "no error" : input.error().message;
  }
};

TEST_F(OpenInput, TakesOneFile) {
  const auto input = open_input(write("a.py", "x = 1\n"), {});
  ASSERT_TRUE(input);
  EXPECT_EQ(input->kind, "file");
  EXPECT_EQ(input->name, "a.py");
  EXPECT_EQ(paths(*input), Strings{"a.py"});
  EXPECT_EQ(input->files[0].load({}).value(), "x = 1\n");
  EXPECT_EQ(open_input(write("hook.pth", "import a"), {})->kind, "file");
  EXPECT_EQ(open_input(write("script", "import a"), {})->kind, "file");
  EXPECT_EQ(open_input(write("run.me", "#! /usr/bin/python3\n"), {})->kind, "file");
  EXPECT_EQ(open_input(write("empty.py", ""), {})->files[0].load({}).value(), "");
}

TEST_F(OpenInput, TakesAPythonFileThatLooksLikeAnArchiveForPython) {
  EXPECT_EQ(open_input(write("a.py", raw_zip({{"b.py"}})), {})->kind, "file");
}

TEST_F(OpenInput, NamesAFileThatIsTooLarge) {
  InputLimits limits;
  limits.max_file = 3;
  const auto input = open_input(write("a.py", "1234"), limits);
  EXPECT_EQ(unread(*input), Strings{"a.py: has more than 3 bytes, the most that is read of one file"});
  EXPECT_EQ(paths(*input), Strings{});
}

TEST_F(OpenInput, SaysWhatIsWrongAndWhatToGive) {
  const std::string wanted = "give a Python file, a directory, a wheel, a zip, an sdist or a bundle";
  EXPECT_EQ(error(root_ / "none.py"), (root_ / "none.py").string() + " is not there; " + wanted);
  EXPECT_EQ(error(write("a.py", "") / "b.py"),
            (root_ / "a.py" / "b.py").string() + " is not there; " + wanted);
  EXPECT_EQ(error(write("a.txt", "text")), (root_ / "a.txt").string() + " is not Python; " + wanted);
  EXPECT_EQ(error(write("a.whl", "")), (root_ / "a.whl").string() + " is empty; " + wanted);
  EXPECT_EQ(error(write("a.pyc", "x")),
            (root_ / "a.pyc").string() + " is compiled; audit the source it was made from");
  ASSERT_EQ(::mkfifo((root_ / "pipe.py").c_str(), 0600), 0);
  EXPECT_EQ(error(root_ / "pipe.py"), (root_ / "pipe.py").string() + " is not a regular file");
  EXPECT_EQ(error(""), "the path is empty; " + wanted);
  EXPECT_EQ(open_input(root_ / "none.py", {}).error().code, base::Errc::kNotFound);
}

TEST_F(OpenInput, TakesABundleWhoeverHasSignedIt) {
  const trust::PrivateKey publisher = trust::key('a');
  const std::string bundle = trust::bundle_by({&publisher});
  for (const std::string& bytes :
       {bundle, trust::pack_bundle(trust::manifest_of(publisher), trust::files()).value()}) {
    const auto input = open_input(write("plugin", bytes), {});
    ASSERT_TRUE(input) << input.error().message;
    EXPECT_EQ(input->kind, "bundle");
    EXPECT_EQ(paths(*input), (Strings{"lamps/red.py", "watch.py"}));
    EXPECT_EQ(input->files[1].load({}).value(), "class Watch: pass\n");
  }
  InputLimits limits;
  limits.max_file = 17;
  EXPECT_EQ(paths(*open_input(write("plugin", bundle), limits)), Strings{"lamps/red.py"});
  EXPECT_EQ(unread(*open_input(write("plugin", bundle), limits)),
            Strings{"watch.py: has more than 17 bytes, the most that is read of one file"});
}

TEST_F(OpenInput, RefusesABundleThatIsNotWhole) {
  const trust::PrivateKey publisher = trust::key('a');
  std::string bundle = trust::bundle_by({&publisher});
  const fs::path path = write("plugin", bundle.substr(0, bundle.size() - 1));
  EXPECT_NE(error(path).find("cannot be read: this is no bundle"), std::string::npos) << error(path);
  EXPECT_NE(error(write("plugin", "PHPLUGIN")).find("this is no bundle"), std::string::npos);
  bundle.replace(bundle.find("class"), 5, "klass");
  EXPECT_NE(error(write("plugin", bundle)).find("is not what the manifest says"), std::string::npos);
}

TEST_F(OpenInput, FollowsALinkThatIsNamed) {
  write("real/a.py", "a");
  fs::create_directory_symlink(root_ / "real", root_ / "link");
  fs::create_symlink(root_ / "real" / "a.py", root_ / "b.py");
  EXPECT_EQ(paths(*open_input(root_ / "link", {})), Strings{"a.py"});
  EXPECT_EQ(open_input(root_ / "link", {})->name, "link");
  const auto file = open_input(root_ / "b.py", {});
  EXPECT_EQ(paths(*file), Strings{"b.py"});
  EXPECT_EQ(file->files[0].load({}).value(), "a");
  fs::create_symlink("loop", root_ / "loop");
  EXPECT_NE(error(root_ / "loop").find("cannot be read"), std::string::npos);
}

TEST_F(OpenInput, NamesADirectoryByItsLastPart) {
  write("pkg/a.py", "");
  EXPECT_EQ(open_input(root_ / "pkg/", {})->name, "pkg");
  EXPECT_EQ(open_input(root_ / "pkg" / ".", {})->name, "pkg");
  EXPECT_EQ(open_input(root_ / "pkg" / "..", {})->name, root_.path().filename().string());
}

}  // namespace
}  // namespace pilothouse::audit
