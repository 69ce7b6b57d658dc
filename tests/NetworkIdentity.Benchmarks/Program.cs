using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/NetworkIdentity.Benchmarks -- --filter '*'
// Each class has a baseline: the raw primitive, or the plain way. Quote the ratio, never the time alone.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
