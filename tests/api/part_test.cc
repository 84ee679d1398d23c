// Models whose last op nobody here knows: what comes before runs.

#include "api/part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/diff.h"
#include "api/run.h"
#include "base/file.h"
#include "base/temporary_folder.h"
#include "support/model_builder.h"

namespace nputwin::api::part_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// x -> FULLY_CONNECTED -> y -> RELU -> r; y -> Vendor -> z. With `vendor_first` the layer reads what Vendor makes.
class Tail {
 public:
  explicit Tail(bool vendor_first = false) {
    test::ModelBuilder b;
    const auto codes = [&](const char* name) { return b.tensor(name, DType::kInt8, {1, 2}, 0.5F); };
    const int x = codes("x"), w = b.constant<std::int8_t>("w", {2, 2}, {1, 2, 3, 4}, {{0.5F}, {0}, 0});
    const int y = codes("y"), r = codes("r"), z = codes("z");
    if (vendor_first) b.custom_op("Vendor", {x}, {z}, {1});
    b.op("FULLY_CONNECTED", {vendor_first ? z : x, w, -1}, {y});
    b.op("RELU", {y}, {r});
    if (!vendor_first) b.custom_op("Vendor", {y}, {z}, {1});
    b.inputs({x}), b.outputs({vendor_first ? y : z, r});
    const std::string bytes = b.bytes();
    path = folder / "tail.tflite";
    EXPECT_TRUE(write_file_whole(path, bytes));
  }

  TemporaryFolder folder = TemporaryFolder::make().value();
  std::string path;
};

Callbacks noting(std::vector<std::string>& notes) {
  Callbacks callbacks;
  callbacks.note = [&](const std::string& note) { notes.push_back(note); };
  return callbacks;
}

TEST(Part, RunsWhatComesBefore) {
  const Tail tail;
  std::vector<std::string> notes;
  const RunResult result = run({tail.path, "litert-2.3-x86", {"noise:1"}, {}, false, false, ""}, noting(notes)).value();
  ASSERT_EQ(result.outputs.size(), 2U);
  EXPECT_EQ(result.outputs[0].spec.name, "r");
  EXPECT_EQ(result.outputs[1].spec.name, "y") << "what Vendor would read";
  EXPECT_TRUE(result.not_run.falls_short());
  EXPECT_THAT(notes, ElementsAre("op 2 is not run: Vendor: this custom op is not supported",
                                 "output 'z' cannot be had; what runs ends with 'y'"));
}

TEST(Part, ADiffComparesIt) {
  const Tail tail;
  std::vector<std::string> notes;
  DiffOptions options;
  options.model = tail.path;
  options.a = "litert-2.3-x86";
  options.b = "vip-v8";
  options.inputs = {"noise:1"};
  const Diffed diffed = diff(options, noting(notes)).value();
  EXPECT_EQ(diffed.result.layers.size(), 2U);
  EXPECT_EQ(diffed.result.not_run.ops.size(), 1U);
  EXPECT_EQ(notes.size(), 2U);
  notes.clear();
  options.until = "0";
  const Diffed first = diff(options, noting(notes)).value();
  EXPECT_EQ(first.result.layers.size(), 1U);
  EXPECT_FALSE(first.result.not_run.falls_short());
  EXPECT_THAT(notes, ElementsAre("ops 1 to 2 are not run: they come after --until",
                                 "outputs 'z', 'r' cannot be had; what runs ends with 'y'"));
}

TEST(Part, WithoutALayerThereIsNothingToShow) {
  const Tail tail(true);
  const auto result = run({tail.path, "litert-2.3-x86", {"noise:1"}, {}, false, false, ""});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("op 0 Vendor: this custom op is not supported"));
}

TEST(Part, AnUnknownProfileStaysThatError) {
  const Tail tail;
  EXPECT_THAT(run({tail.path, "nobody", {"noise:1"}, {}, false, false, ""}).error().message,
              HasSubstr("no profile is called 'nobody'"));
}

}  // namespace
}  // namespace nputwin::api::part_test
