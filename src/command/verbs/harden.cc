// nputwin harden: a model on which CPU and NPU give the same bytes.

#include "api/harden.h"

#include "api/harden_sets.h"
#include "command/arguments.h"
#include "report/harden_report.h"

namespace nputwin::command {
namespace harden {
namespace {

struct Arguments {
  api::HardenOptions options;
  std::vector<std::string> profiles;
  MachineArguments machine;
  FormatArgument format;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::HardenOptions options = a.options;
  options.profiles = split_profiles(a.profiles);
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const Hardened hardened, api::harden(options, program.interaction("ops")));
  a.format.print(
      program, [&] { return report::harden_text(hardened, program.command, program.columns()); },
      [&] { return to_text(report::harden_json(hardened)); });
  return hardened.equal() ? Exit::kSame : Exit::kDiffers;
}

}  // namespace
}  // namespace harden

void add_harden_command(Command root) {
  Command command = root.verb("harden", "Write a model on which CPU and NPU give the same bytes");
  command.footer(
      "Profiles differ on few sums, and where these lie depends on the scales. harden moves scales a little, so that "
      "no sum that can be made is one of them: those of activations first, then one for each channel of the weights. "
      "Where that is not enough it rounds weights again. What it writes is proven as by `nputwin prove`, "
      "for all inputs.\n"
      "Scales of the model's inputs and outputs stay unless --change-io says otherwise. Shapes, names, metadata and "
      "signatures stay.\n"
      "Several models are one system, an encoder and its decoder: what one gives is what the next one takes, with one "
      "scale.\n"
      "The price is measured on --input: SQNR beside the network in numbers and beside the file as it was. The control "
      "is the file as it was on the other device. A loss that the control has, too, is rounding noise.\n"
      "Exit code 0 where every op is equal on all profiles, else 1: a file is written all the same.\n\n" +
      api::harden_preset_help() + "\n" + profile_help() + "\n" + source_help());
  auto a = std::make_shared<harden::Arguments>();
  command.option("MODEL", a->options.models, "A quantized .tflite file, or several that run one behind the other")
      .value("FILE")
      .required();
  command.option("--output,-o", a->options.output, "The file to write; of several models the folder")
      .value("FILE")
      .group(kOutputGroup)
      .required();
  command.option("--for", a->profiles, "Two or more profiles, or a set of them, with commas between")
      .value("PROFILE,PROFILE")
      .repeatable()
      .required();
  command
      .option(
          "--input,-i", a->options.inputs,
          "Calibration: biases take up the mean of what rounding changes, and the price is measured; without it the "
          "price is that of noise")
      .value("[NAME=]SOURCE")
      .group(kInputGroup)
      .repeatable();
  command
      .option("--float-weights", a->options.float_weights,
              "The weights before they were quantized, from which they are rounded again: a float .tflite of the same "
              "layers, or an .npz by tensor names")
      .value("FILE")
      .group(kInputGroup);
  command
      .option("--max-loss-db", a->options.max_loss_db,
              "The most that the median of all tensors may lose of its SQNR beside the network in numbers; where it "
              "would lose more, no file is written")
      .value("DB");
  command.flag("--change-io", a->options.change_io, "Inputs and outputs of the model may get other scales, too");
  a->machine.add(command);
  a->format.add(command, {"text", "json"});
  command.does([a](const Program& program) { return harden::run(*a, program); });
}

}  // namespace nputwin::command
