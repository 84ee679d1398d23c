// The installed headers, from outside: nputwin.hpp, and the edges of nputwin.h: what is NULL, too short, wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nputwin/nputwin.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

extern "C" int nputwin_header_in_c(void);

namespace nputwin::capi_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

std::string source_path(const std::string& path) { return std::string(NPUTWIN_SOURCE_DIR) + "/" + path; }

const std::string kModel = source_path("models/digits_embed20_i8.tflite");

std::vector<std::int8_t> ramp() {
  std::vector<std::int8_t> values;
  for (int i = -128; i < -64; ++i) values.push_back(static_cast<std::int8_t>(i));
  return values;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

nputwin_array array_of(const std::vector<std::int8_t>& values, const std::vector<std::int64_t>& shape) {
  return {sizeof(nputwin_array), values.data(), values.size(), "int8", shape.data(), shape.size()};
}

template <typename F>
std::string why(F&& f) {
  try {
    f();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "no failure";
}

TEST(Capi, RunsAModel) {
  const Context context;
  Twin twin(Model(context, kModel), "litert-2.3-x86", {{"threads", "2"}, {"isa", "scalar"}});
  ASSERT_EQ(twin.input_count(), 1U);
  EXPECT_EQ(twin.input(0).type, "int8");
  EXPECT_THAT(twin.input(0).shape, ElementsAre(1, 8, 8, 1));
  ASSERT_EQ(twin.output_count(), 1U);
  EXPECT_THAT(twin.output(0).shape, ElementsAre(1, 1, 1, 32));
  twin.set_input(0, ramp());
  twin.run();
  // What LiteRT 2.3.0 itself gives: tests/vectors/models has these bytes' hash, ec7cec0cd48d1aa9.
  EXPECT_THAT(twin.output(0).values<std::int8_t>(),
              ElementsAre(-45, -22, -29, -32, -66, -51, -31, -1, -57, -18, -54, -53, -22, -63, -30, -28, -67, -74, -51,
                          1, -70, -42, -53, -86, -40, -56, 2, -66, -32, -27, -20, -30));
}

TEST(Capi, AModelInMemoryIsTheSame) {
  const Context context;
  const std::string bytes = bytes_of(kModel);
  const Model model(context, bytes.data(), bytes.size(), "digits");
  const Json json = Json::parse(model.json());
  EXPECT_EQ(json["name"], "digits");
  EXPECT_EQ(json["ops"].size(), 20U);
  EXPECT_EQ(json["tensors"][json["inputs"][0].get<std::size_t>()]["type"], "int8");
  Twin a(model, "vip-v8"), b(Model(context, kModel), "vip-v8");
  for (Twin* twin : {&a, &b}) {
    twin->set_input(0, ramp());
    twin->run();
  }
  EXPECT_EQ(a.output(0).values<std::int8_t>(), b.output(0).values<std::int8_t>());
}

TEST(Capi, ValuesMadeInPlaceAreTheInput) {
  const Context context;
  Twin twin(Model(context, kModel), "vip-v8");
  twin.set_input(0, ramp());
  twin.run();
  const auto copied = twin.output(0).values<std::int8_t>();
  std::vector<std::int8_t> zeros(64);
  twin.set_input(0, zeros);
  std::ranges::copy(ramp(), static_cast<std::int8_t*>(nputwin_twin_input_data(twin.get(), 0)));
  twin.run();
  EXPECT_EQ(twin.output(0).values<std::int8_t>(), copied);
  EXPECT_EQ(nputwin_twin_input_data(twin.get(), 1), nullptr);
}

TEST(Capi, EveryTensorAndTheSumsBeforeTheyAreRescaled) {
  const Context context;
  const Model model(context, kModel);
  const Json json = Json::parse(model.json());
  Twin twin(model, "vip-v8", {{"keep", "yes"}});
  twin.set_input(0, ramp());
  twin.run();
  const auto last = json["ops"].back();
  const int output = last["outputs"][0];
  EXPECT_EQ(twin.tensor(output).values<std::int8_t>(), twin.output(0).values<std::int8_t>());
  const int weights = last["inputs"][1];
  EXPECT_EQ(twin.tensor(weights).type, "int8");
  EXPECT_NE(twin.tensor(weights).data, nullptr);
  // The first sum of the first op, by hand.
  const auto first = json["ops"][0];
  ASSERT_EQ(first["op"], "CONV_2D");
  const auto w = twin.tensor(first["inputs"][1]).values<std::int8_t>();
  const auto bias = twin.tensor(first["inputs"][2]).values<std::int32_t>();
  const Tensor in = twin.input(0);
  const auto x = in.values<std::int8_t>();
  std::int64_t sum = bias[0];
  for (int row = 0; row < 2; ++row)  // SAME: above and left of the first element is padding
    for (int column = 0; column < 2; ++column)
      sum += (x[static_cast<std::size_t>(8 * row + column)] - in.zero_points[0]) *
             w[static_cast<std::size_t>(3 * (row + 1) + column + 1)];
  const Tensor sums = twin.accumulators(0);
  EXPECT_EQ(sums.type, "int64");
  EXPECT_EQ(sums.shape, twin.tensor(first["outputs"][0]).shape);
  EXPECT_EQ(sums.values<std::int64_t>()[0], sum);
  Twin plain(model, "vip-v8");
  plain.set_input(0, ramp());
  plain.run();
  EXPECT_EQ(plain.tensor(json["ops"][3]["outputs"][0]).data, nullptr) << "nothing was kept";
  EXPECT_THAT(why([&] { (void)plain.accumulators(3); }), HasSubstr("keep=yes"));
}

TEST(Capi, ProfilesByNameVariantAndDocument) {
  const Context context;
  const Model model(context, kModel);
  const std::string document = call(context, {"profiles", "show", "vip-v8"}).text;
  std::set<std::vector<std::int8_t>> outputs;
  for (const std::string& profile : {std::string("vip-v8"), document, std::string("vip-v8{multiplier_bits=8}")}) {
    Twin twin(model, profile);
    twin.set_input(0, ramp());
    twin.run();
    outputs.insert(twin.output(0).values<std::int8_t>());
  }
  EXPECT_EQ(outputs.size(), 2U) << "the document computes what its profile does, the variant does not";
  EXPECT_THAT(why([&] { Twin(model, "{\"name\": 3}"); }), HasSubstr("name"));
}

TEST(Capi, ComparesSampleBySample) {
  const Context context;
  const Model model(context, kModel);
  Comparison comparison(model, "tflite-2.9.1-arm64", "vip-v8");
  std::set<int> seen;
  comparison.watch([&](const Tensor& a, const Tensor& b) {
    EXPECT_EQ(a.shape, b.shape);
    seen.insert(a.index);
  });
  const auto values = ramp();
  const std::vector<std::int64_t> shape{1, 8, 8, 1};
  comparison.add({array_of(values, shape)});
  comparison.add({array_of(values, shape)});
  EXPECT_EQ(seen.size(), 20U);
  const Json json = Json::parse(comparison.json());
  EXPECT_EQ(json["samples"], 2);
  // The same as the tool's on the same samples.
  std::vector<std::int8_t> both = values;
  both.insert(both.end(), values.begin(), values.end());
  const std::vector<std::int64_t> shape_of_both{2, 8, 8, 1};
  const nputwin_array array = array_of(both, shape_of_both);
  const Answer diff = call(context, {"diff", kModel, "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", "memory:two"},
                           {{sizeof(nputwin_attachment), "two", nullptr, &array}});
  EXPECT_EQ(diff.status, NPUTWIN_DIFFERS);
  const Json tool = Json::parse(diff.text);
  EXPECT_EQ(tool["inputs"][0]["source"], "memory:two");
  ASSERT_EQ(json["layers"].size(), tool["layers"].size());
  for (std::size_t i = 0; i < tool["layers"].size(); ++i)
    for (const char* figures : {"isolated", "accumulated", "causes"})
      EXPECT_TRUE(json["layers"][i][figures] == tool["layers"][i][figures]) << i << figures;
}

TEST(Capi, CallsEveryVerbAsTheToolDoes) {
  const Context context;
  const std::string bytes = bytes_of(kModel);
  const Model model(context, bytes.data(), bytes.size(), "in-memory.tflite");
  const std::vector<nputwin_attachment> attachments{{sizeof(nputwin_attachment), "m", model.get(), nullptr}};
  const Answer proof = call(context, {"prove", "memory:m", "--for", "tflite-2.9.1-arm64,vip-v8"}, attachments);
  EXPECT_EQ(proof.status, NPUTWIN_DIFFERS);
  EXPECT_EQ(Json::parse(proof.text)["equal"], false);
  EXPECT_EQ(call(context, {"prove", "memory:m", "--for", "vip-v8,vip-v8"}, attachments).status, NPUTWIN_OK);
  EXPECT_THAT(call(context, {"lint", "memory:m"}, attachments).text, HasSubstr("findings"));
  EXPECT_THAT(call(context, {"isas"}).text, HasSubstr("scalar"));
  EXPECT_THAT(call(context, {"isas", "--format", "text"}).text, HasSubstr("scalar\n"));
  EXPECT_THAT(why([&] { call(context, {"prov"}); }), HasSubstr("did you mean 'prove'?"));
  EXPECT_THAT(why([&] {
                call(context, {"prove", "memory:other", "--for", "vip-v7,vip-v8"}, attachments);
              }),
              HasSubstr("memory:other: cannot open"));
  EXPECT_THAT(why([&] { call(context, {"prove", "memory:m"}, attachments); }), HasSubstr("--for is required"));
}

TEST(Capi, TellsTheCallersFunctions) {
  const Context context;
  struct Told {
    std::size_t steps = 0;
    std::vector<std::string> notes;
    bool stop = false;
  } told;
  const nputwin_callbacks callbacks{
      sizeof(nputwin_callbacks), &told,
      [](void* user, std::size_t done, std::size_t) { static_cast<Told*>(user)->steps = done; },
      [](void* user, const char* text) { static_cast<Told*>(user)->notes.emplace_back(text); },
      [](void* user) { return static_cast<int>(static_cast<Told*>(user)->stop); }};
  nputwin_context_set_callbacks(context.get(), &callbacks);
  const std::vector<std::string> words{"diff", kModel,   "--a", "tflite-2.9.1-arm64",
                                       "--b",  "vip-v8", "-i",  source_path("models/digits_int8.npy")};
  const Answer all = call(context, words);
  EXPECT_EQ(told.steps, 20U * 40U);
  told.stop = true;
  const Answer stopped = call(context, words);
  EXPECT_EQ(stopped.status, NPUTWIN_FAILED);
  EXPECT_EQ(Json::parse(stopped.text)["samples"], 0);
  EXPECT_THAT(told.notes.back(), HasSubstr("interrupted"));
}

TEST(Capi, FailuresSayWhatWasExpected) {
  const Context context;
  const Model model(context, kModel);
  EXPECT_THAT(why([&] { Model(context, "/none.tflite"); }), HasSubstr("/none.tflite: cannot open"));
  EXPECT_THAT(why([&] { Model(context, "x", 1, "short"); }), HasSubstr("short"));
  EXPECT_THAT(why([&] { Twin(model, "nobody"); }), HasSubstr("nobody"));
  EXPECT_THAT(why([&] { Twin(model, "vip-v8", {{"isa", "abacus"}}); }), HasSubstr("abacus"));
  EXPECT_THAT(why([&] { Twin(model, "vip-v8", {{"threads", "none"}}); }), HasSubstr("expected a number from 1"));
  EXPECT_THAT(why([&] { Twin(model, "vip-v8", {{"colour", "red"}}); }), HasSubstr("option colour=red: expected"));
  Twin twin(model, "vip-v8");
  EXPECT_EQ(why([&] { twin.set_input(1, ramp()); }), "input 1: expected an index below 1");
  EXPECT_THAT(why([&] { twin.set_input(0, nullptr, 0); }), HasSubstr("expected 64 bytes (int8 [1,8,8,1]), got 0"));
  EXPECT_EQ(why([&] { (void)twin.output(3); }), "output 3: expected an index below 1");
  EXPECT_THAT(why([&] { (void)twin.tensor(-1); }), HasSubstr("expected an index below"));
}

TEST(Capi, WhatIsNullOrShortIsTold) {
  EXPECT_STREQ(nputwin_error(nullptr), "the context is NULL");
  EXPECT_EQ(nputwin_model_open(nullptr, "x", nullptr), NPUTWIN_FAILED);
  nputwin_context_free(nullptr);
  nputwin_model_free(nullptr);
  nputwin_twin_free(nullptr);
  nputwin_comparison_free(nullptr);
  nputwin_answer_free(nullptr);
  nputwin_context_set_callbacks(nullptr, nullptr);
  EXPECT_EQ(nputwin_twin_run(nullptr), NPUTWIN_FAILED);
  EXPECT_EQ(nputwin_model_json(nullptr), nullptr);
  EXPECT_STREQ(nputwin_answer_text(nullptr, nullptr), "");
  const Context context;
  EXPECT_EQ(nputwin_model_open(context.get(), nullptr, nullptr), NPUTWIN_FAILED);
  EXPECT_STREQ(nputwin_error(context.get()), "path: expected a pointer, got NULL");
  EXPECT_EQ(nputwin_model_open(context.get(), kModel.c_str(), nullptr), NPUTWIN_FAILED);
  Twin twin(Model(context, kModel), "vip-v8");
  nputwin_tensor tensor{};
  EXPECT_EQ(nputwin_twin_input(twin.get(), 0, &tensor), NPUTWIN_FAILED);
  EXPECT_THAT(nputwin_error(context.get()), HasSubstr("nputwin_tensor.struct_size: expected sizeof"));
  EXPECT_EQ(nputwin_call(context.get(), nullptr, 1, nullptr, 0, nullptr), NPUTWIN_FAILED);
  nputwin_answer* answer = nullptr;
  const char* const words[] = {"isas", nullptr};
  EXPECT_EQ(nputwin_call(context.get(), words, 2, nullptr, 0, &answer), NPUTWIN_FAILED);
  EXPECT_STREQ(nputwin_error(context.get()), "words[1]: expected a pointer, got NULL");
  EXPECT_EQ(answer, nullptr);
}

TEST(Capi, AttachmentsAreChecked) {
  const Context context;
  const Model model(context, kModel);
  const std::vector<std::int8_t> values(63);
  const std::vector<std::int64_t> shape{1, 8, 8, 1};
  const nputwin_array bad = array_of(values, shape);
  const auto attached = [&](nputwin_attachment a) { return why([&] { call(context, {"isas"}, {a}); }); };
  EXPECT_EQ(attached({sizeof(nputwin_attachment), "x", nullptr, nullptr}),
            "attachment 'x': expected either a model or an array");
  EXPECT_EQ(attached({sizeof(nputwin_attachment), "x", nullptr, &bad}),
            "an array of int8 [1,8,8,1] has 63 bytes, expected 64");
  EXPECT_EQ(attached({sizeof(nputwin_attachment), "x=y", model.get(), nullptr}),
            "attachment 'x=y': expected a name without '=' and ','");
}

TEST(Capi, AnInputThatTheModelLacksIsTold) {
  const Context context;
  const auto values = ramp();
  const std::vector<std::int64_t> shape{1, 8, 8, 1};
  const nputwin_array array = array_of(values, shape);
  EXPECT_THAT(why([&] {
                call(context, {"run", kModel, "-p", "vip-v8", "-i", "nix=memory:x"},
                     {{sizeof(nputwin_attachment), "x", nullptr, &array}});
              }),
              HasSubstr("'nix=memory:x': the model has no input 'nix'"));
  EXPECT_THAT(why([&] {
                call(context, {"run", kModel, "-p", "vip-v8", "-i", "memory:x,layuot=nchw"},
                     {{sizeof(nputwin_attachment), "x", nullptr, &array}});
              }),
              HasSubstr("an array takes no option 'layuot'; it takes: layout quantize"));
}

TEST(Capi, TheProcessKeepsItsStreams) {
  const Context context;
  EXPECT_THAT(why([&] {
                call(context, {"run", kModel, "-p", "vip-v8", "-i", "noise:1", "--output", "-"});
              }),
              HasSubstr("'-': the library neither reads nor writes"));
  EXPECT_THAT(why([&] { call(context, {"run", kModel, "-p", "vip-v8", "-i", "-"}); }), HasSubstr("expected a file"));
}

/// As a later version of the header has it.
struct LaterAttachment {
  nputwin_attachment known;
  void* added = nullptr;
};

TEST(Capi, StructsOfALaterHeaderAreAsLargeAsTheySay) {
  const Context context;
  const Model model(context, kModel);
  std::vector<LaterAttachment> later;
  for (const char* name : {"one", "two"}) {
    later.push_back({{sizeof(LaterAttachment), name, model.get(), nullptr}, nullptr});
    later.back().added = &later;
  }
  const char* const words[] = {"prove", "memory:two", "--for", "vip-v8,vip-v8"};
  nputwin_answer* answer = nullptr;
  EXPECT_EQ(nputwin_call(context.get(), words, 4, &later.front().known, later.size(), &answer), NPUTWIN_OK)
      << nputwin_error(context.get());
  nputwin_answer_free(answer);
}

TEST(Capi, SumsAreThoseOfTheLastRun) {
  const Context context;
  Twin twin(Model(context, kModel), "vip-v8", {{"keep", "yes"}});
  twin.set_input(0, ramp());
  twin.run();
  const auto sums = twin.accumulators(0).values<std::int64_t>();
  twin.set_input(0, std::vector<std::int8_t>(64));
  EXPECT_EQ(twin.accumulators(0).values<std::int64_t>(), sums) << "other inputs have not run yet";
  twin.run();
  EXPECT_NE(twin.accumulators(0).values<std::int64_t>(), sums);
}

TEST(Capi, ARecordingHasItsSamplesAndNoMore) {
  const Context context;
  const Model model(context, kModel);
  const std::string recorded = testing::TempDir() + "nputwin_recorded.npz";
  call(context, {"run", kModel, "-p", "vip-v8", "-i", "noise:1..2", "--all", "-o", recorded});
  Comparison comparison(model, recorded, "vip-v8");
  EXPECT_THAT(why([&] { (void)comparison.json(); }), HasSubstr("no sample was added"));
  const auto values = ramp();
  const std::vector<std::int64_t> shape{1, 8, 8, 1};
  comparison.add({array_of(values, shape)});
  comparison.add({array_of(values, shape)});
  EXPECT_THAT(why([&] { comparison.add({array_of(values, shape)}); }),
              HasSubstr("holds 2 samples: it has no sample 2"));
  EXPECT_EQ(Json::parse(comparison.json())["samples"], 2);
  Comparison both(model, recorded, recorded);
  EXPECT_THAT(why([&] { both.add({array_of(values, shape)}); }), HasSubstr("expected no inputs"));
  both.add({});
  EXPECT_EQ(Json::parse(both.json())["samples"], 1);
}

TEST(Capi, WhatAFunctionOfTheCallerThrowsIsAFailure) {
  const Context context;
  Comparison comparison(Model(context, kModel), "tflite-2.9.1-arm64", "vip-v8");
  comparison.watch([](const Tensor&, const Tensor&) { throw 7; });
  const auto values = ramp();
  const std::vector<std::int64_t> shape{1, 8, 8, 1};
  EXPECT_EQ(why([&] { comparison.add({array_of(values, shape)}); }), "unknown error");
  EXPECT_THAT(why([&] { (void)comparison.json(); }), HasSubstr("of no use any more"));
}

TEST(Capi, AForkedProcessFreesWhatItGot) {
  const Context context;
  auto twin = std::make_unique<Twin>(Model(context, kModel), "vip-v8", Options{{"threads", "4"}});
  twin->set_input(0, ramp());
  twin->run();
  const pid_t child = fork();
  if (child == 0) {
    twin->run();
    twin.reset();
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Capi, ThreadsHaveAContextEach) {
  std::vector<std::string> texts(4);
  std::vector<std::thread> threads;
  threads.reserve(texts.size());
  for (std::string& text : texts)
    threads.emplace_back([&text] {
      const Context context;
      text = call(context, {"diff", kModel, "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", "noise:1"}).text;
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& text : texts) EXPECT_EQ(text, texts[0]);
}

TEST(Capi, TheHeaderIsC) { EXPECT_EQ(nputwin_header_in_c(), 1); }

TEST(Capi, NamesTheProfiles) {
  const Context context;
  const Json json = Json::parse(call(context, {"profiles"}).text);
  std::size_t listed = 0;
  std::ifstream list(source_path("src/profile/builtin/builtin.inc"));
  for (std::string line; std::getline(list, line);) listed += line.starts_with("NPUTWIN_PROFILE(") ? 1 : 0;
  EXPECT_EQ(json.size(), listed);
  EXPECT_EQ(json.front()["name"], "tflite-2.9.1-arm64");
}

}  // namespace
}  // namespace nputwin::capi_test
