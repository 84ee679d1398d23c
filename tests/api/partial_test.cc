// Partial results: written, read, merged, refused.

#include "api/partial.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "report/diff_report.h"
#include "support/paths.h"

namespace nputwin::api::partial_test {
namespace {

const std::string kModel = source_path("models/digits_embed20_i8.tflite");

DiffOptions digits(SampleRange samples) {
  return {kModel, "tflite-2.9.1-arm64", "vip-v8", {source_path("models/digits_int8.npy")}, {}, samples, false, ""};
}

class PartialTest : public testing::Test {
 protected:
  /// Compares and writes; gives the file.
  std::string part(const DiffOptions& options, const std::string& name) {
    const Diffed diffed = diff(options).value();
    const Partial partial = make_partial(options, diffed).value();
    EXPECT_TRUE(write_partial(folder_ / name, partial));
    return folder_ / name;
  }
  std::string part(SampleRange samples) {
    return part(digits(samples), fmt::format("{}-{}.json", samples.first, samples.last));
  }
  std::string edited(const std::string& path, std::string_view from, std::string_view to) {
    const auto file = read_file(path).value();
    std::string text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    EXPECT_TRUE(write_file_whole(folder_ / "edited.json", text));
    return folder_ / "edited.json";
  }

  TemporaryFolder folder_ = TemporaryFolder::make().value();
};

TEST_F(PartialTest, MergesToTheWhole) {
  DiffOptions all = digits({0, 40});
  const std::string whole = report::diff_json(diff(all).value().result, {});
  const std::string a = part({0, 11}), b = part({11, 12}), c = part({12, 40});
  for (const auto& files : {std::vector{a, b, c}, {c, a, b}, {b, c, a}}) {
    const Partial merged = merge_partials(files).value();
    EXPECT_EQ(report::diff_json(merged.result, {}), whole);
    EXPECT_EQ(merged.missing(), "");
  }
  // What was merged can be merged further.
  ASSERT_TRUE(write_partial(folder_ / "ca.json", merge_partials({c, a}).value()));
  EXPECT_EQ(read_partial(folder_ / "ca.json").value().missing(), "11:12");
  EXPECT_EQ(report::diff_json(merge_partials({b, folder_ / "ca.json"}).value().result, {}), whole);
}

TEST_F(PartialTest, SaysWhatIsMissing) {
  EXPECT_EQ(merge_partials({part({3, 5}), part({7, 9})}).value().missing(), "0:3, 5:7, 9:40");
}

TEST_F(PartialTest, RefusesWhatDoesNotBelongTogether) {
  const std::string a = part({0, 2});
  const auto refused = [&](const std::string& other) {
    const auto merged = merge_partials({a, other});
    return merged ? "" : merged.error().message;
  };
  EXPECT_EQ(refused(part({1, 4})), (folder_ / "1-4.json") + " does not belong to " + a + ": both hold samples of 1:2");
  DiffOptions other = digits({2, 4});
  other.b = "vip-v7";
  EXPECT_NE(refused(part(other, "v7.json")).find("b is \"vip-v8\" in one and \"vip-v7\" in the other"),
            std::string::npos);
  other = digits({2, 4});
  other.inputs = {"noise:1..40"};
  EXPECT_NE(refused(part(other, "noise.json")).find("inputs is "), std::string::npos);
  other = digits({2, 4});
  other.model = source_path("models/digits_embed20_u8.tflite");
  other.inputs = {"noise:1..40"};
  EXPECT_NE(refused(part(other, "u8.json")).find("model_sha256 is "), std::string::npos);
  // The same model elsewhere is the same model.
  other = digits({2, 4});
  other.model = folder_ / "copy.tflite";
  std::filesystem::copy_file(kModel, other.model.path);
  EXPECT_EQ(refused(part(other, "copy.json")), "");
}

TEST_F(PartialTest, RefusesDamagedFiles) {
  const std::string a = part({0, 2});
  const auto refused = [&](const std::string& file) {
    const auto read = read_partial(file);
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(refused(a), "");
  EXPECT_NE(refused(edited(a, "\"version\": 2", "\"version\": 3")).find("has version 3 of partial results"),
            std::string::npos);
  EXPECT_NE(refused(edited(a, "nputwin partial diff", "x")).find("is no partial result"), std::string::npos);
  EXPECT_NE(refused(edited(a, "\"mismatches\"", "\"mismatch\"")).find("is damaged: "), std::string::npos);
  EXPECT_NE(refused(edited(a, "\"sum\": \"", "\"sum\": \"?")).find("is damaged: "), std::string::npos);
  EXPECT_NE(refused(edited(a, "\"samples\": 2", "\"samples\": 3")).find("is damaged: "), std::string::npos);
  EXPECT_NE(refused(edited(a, "{", "[")).find("is not valid JSON"), std::string::npos);
  EXPECT_NE(refused(kModel).find(kModel), std::string::npos);
  EXPECT_FALSE(merge_partials({}));
}

}  // namespace
}  // namespace nputwin::api::partial_test
