using BenchmarkDotNet.Running;
using NetworkIdentity.Benchmarks.Compare;

// dotnet run -c Release --project tests/NetworkIdentity.Benchmarks -- compare        against peers, in one run: docs/scaling.md
// dotnet run -c Release --project tests/NetworkIdentity.Benchmarks -- --filter '*'   the parts, by BenchmarkDotNet
// Each measure has a baseline: a peer, the raw primitive, or the plain way. Quote the ratio, never the time alone.
switch (args)
{
    case ["compare", .. var options]:
        return await Comparison.RunAsync(options);
    case [CredentialWork.Verb]:
        await CredentialWork.ServeAsync();
        return 0;
    case [StatusWork.Verb]:
        await StatusWork.ServeAsync();
        return 0;
    case [W3cWork.Verb]:
        await W3cWork.ServeAsync();
        return 0;
    case [StationWork.Verb]:
        await StationWork.ServeAsync();
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
