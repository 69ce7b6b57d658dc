using NetworkIdentity.Tests.Faults;

namespace NetworkIdentity.Tests;

/// <summary>The test runner; or, where Faults/ starts it so, a process that writes until it is killed.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) =>
        args is [WritingChild.Verb, var file, var acts, var writers]
            ? WritingChild.RunAsync(file, int.Parse(acts), int.Parse(writers))
            : args is [IssuingChild.Verb, var folder] ? IssuingChild.RunAsync(folder) : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
