// Changed copies of files: where vectors lie, where tensors share them, what lies behind the model.

#include "io/tflite/change.h"

#include <gtest/gtest.h>

#include "io/tflite/archive.h"
#include "io/tflite/reader.h"
#include "schema/tflite_generated.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace nputwin::change_test {
namespace {

std::size_t bytes_that_differ(Bytes a, Bytes b) {
  std::size_t differ = a.size() == b.size() ? 0 : SIZE_MAX;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && differ != SIZE_MAX; ++i) differ += a[i] == b[i] ? 0 : 1;
  return differ;
}

TEST(ChangeFile, WhatChangesIsWrittenWhereItLies) {
  const auto file = read_file(source_path("models/digits_embed20_i8.tflite")).value();
  const auto model = parse_tflite(file, "before").value();
  const int t = model->main().nodes[3].outputs[0], w = model->main().nodes[3].inputs[1];
  std::map<int, TensorChange> changes;
  changes[t].scale = {0.75F};
  const auto constant = *model->main().tensor(w).constant;
  changes[w].constant.assign(constant.begin(), constant.end());
  changes[w].constant[5] = std::byte{7};
  const auto copy = change_tensors(file->bytes(), *model, changes);
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_LE(bytes_that_differ(file->bytes(), *copy), 5U);
  const auto after = parse_tflite(std::make_shared<Blob>(Bytes(*copy)), "after").value();
  EXPECT_EQ(after->main().spec(t).scale(), 0.75F);
  EXPECT_EQ((*after->main().tensor(w).constant)[5], std::byte{7});
  EXPECT_EQ(bytes_that_differ(file->bytes(), *change_tensors(file->bytes(), *model, {})), 0U);
}

TEST(ChangeFile, WhatOthersShareIsWrittenAnew) {
  test::ModelBuilder builder;
  const std::vector<std::int8_t> values{1, 2, 3};
  const int x = builder.tensor("x", DType::kInt8, {3}, 0.5F, 0);
  const int a = builder.constant("a", {3}, values, {{0.5F}, {0}, 0});
  const int b = builder.constant("b", {3}, values, {{0.5F}, {0}, 0});
  const int y = builder.tensor("y", DType::kInt8, {3}, 0.5F, 0);
  const int z = builder.tensor("z", DType::kInt8, {3}, 0.5F, 0);
  builder.op("ADD", {x, a}, {y});
  builder.op("ADD", {y, b}, {z});
  builder.inputs({x});
  builder.outputs({z});
  builder.graph().tensors[static_cast<std::size_t>(b)].constant =
      builder.graph().tensors[static_cast<std::size_t>(a)].constant;
  const std::string text = builder.bytes();
  const auto blob = std::make_shared<Blob>(std::as_bytes(std::span(text)));
  const auto model = parse_tflite(blob, "before").value();
  std::map<int, TensorChange> changes;
  changes[b].constant = {std::byte{9}, std::byte{9}, std::byte{9}};
  const auto copy = change_tensors(blob->bytes(), *model, changes);
  ASSERT_TRUE(copy) << copy.error().message;
  const auto after = parse_tflite(std::make_shared<Blob>(Bytes(*copy)), "after").value();
  EXPECT_EQ((*after->main().tensor(a).constant)[0], std::byte{1});
  EXPECT_EQ((*after->main().tensor(b).constant)[0], std::byte{9});
}

TEST(ChangeFile, OptionsOfAnyOpAreKeptWhereItIsWrittenAnew) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kFloat32, {3});
  const std::vector<std::string> ops{"NEG", "EXP", "SQUARED_DIFFERENCE", "MAXIMUM", "CAST", "HARD_SWISH"};
  int last = x;
  for (const std::string& op : ops) {
    const int y = builder.tensor(op, DType::kFloat32, {3});
    const bool takes_two = op == "SQUARED_DIFFERENCE" || op == "MAXIMUM";
    Attributes attributes;
    if (op == "CAST") attributes = {{"in_data_type", std::int64_t{9}}, {"out_data_type", std::int64_t{0}}};
    builder.op(op, takes_two ? std::vector{last, x} : std::vector{last}, {y}, attributes);
    last = y;
  }
  builder.inputs({x});
  builder.outputs({last});
  const std::string text = builder.bytes();
  const auto blob = std::make_shared<Blob>(std::as_bytes(std::span(text)));
  OpChange change;
  change.first_added = ops.size() + 1;
  change.nodes[0] = {builder.graph().nodes[0], builder.graph().nodes[0]};
  const auto copy = change_ops(blob->bytes(), change);
  ASSERT_TRUE(copy) << copy.error().message;
  const auto* graph = schema::GetModel(copy->data())->subgraphs()->Get(0);
  ASSERT_EQ(graph->operators()->size(), ops.size() + 1);
  using Type = schema::BuiltinOptions;
  const std::vector<Type> types{Type::NegOptions,
                                Type::NegOptions,
                                Type::ExpOptions,
                                Type::SquaredDifferenceOptions,
                                Type::MaximumMinimumOptions,
                                Type::CastOptions,
                                Type::HardSwishOptions};
  for (unsigned i = 0; i < types.size(); ++i) {
    const auto* op = graph->operators()->Get(i);
    EXPECT_EQ(op->builtin_options_type(), types[i]) << i;
    EXPECT_NE(op->builtin_options(), nullptr) << i;
  }
  EXPECT_EQ(graph->operators()->Get(5)->builtin_options_as_CastOptions()->in_data_type(), 9);
}

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// A model of 100 bytes with a stored file "a" of one byte behind it, as zip programs write it.
std::vector<std::byte> with_archive() {
  using namespace std::string_view_literals;
  std::vector<std::byte> file(100, std::byte{1});
  const auto add = [&](std::string_view text) {
    const auto bytes = bytes_of(text);
    file.insert(file.end(), bytes.begin(), bytes.end());
  };
  add("PK\3\4\24\0\0\0\0\0\0\0\0\0\x83\x16\xdc\x8c\1\0\0\0\1\0\0\0\1\0\0\0ax"sv);
  const std::size_t directory = file.size();
  add("PK\1\2\24\0\24\0\0\0\0\0\0\0\0\0\x83\x16\xdc\x8c\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\x64\0\0\0a"sv);
  const std::size_t size = file.size() - directory;
  add("PK\5\6\0\0\0\0\1\0\1\0"sv);
  for (const std::size_t number : {size, directory}) {
    for (int i = 0; i < 4; ++i) file.push_back(static_cast<std::byte>(number >> (8 * i)));
  }
  add("\0\0"sv);
  return file;
}

TEST(TrailingArchive, MovesWithItsOffsets) {
  const auto file = with_archive();
  EXPECT_TRUE(ends_in_archive(file));
  const auto archive = archive_behind(file);
  ASSERT_TRUE(archive);
  EXPECT_EQ(archive->begin, 100U);
  EXPECT_EQ(archive->entries, 1U);
  std::vector<std::byte> longer(160, std::byte{2});
  append_archive(longer, file, *archive);
  const auto moved = archive_behind(longer);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->begin, 160U);
  EXPECT_EQ(longer.size(), file.size() + 60);
}

TEST(TrailingArchive, OthersAreLeftAlone) {
  auto file = with_archive();
  EXPECT_FALSE(archive_behind(std::vector<std::byte>(200, std::byte{0})));
  file[file.size() - 6] = std::byte{1};  // the directory is said to lie elsewhere
  EXPECT_TRUE(ends_in_archive(file));
  EXPECT_FALSE(archive_behind(file));
}

}  // namespace
}  // namespace nputwin::change_test
