from .interpreter import Interpreter, InterpreterWithCustomOps, OpResolverType
