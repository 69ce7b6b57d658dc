using NetworkIdentity.Tests.Faults;

namespace NetworkIdentity.Tests;

/// <summary>The test runner; or, where Faults/ starts it so, a process that writes until it is killed.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [WritingChild.Verb, var file, var acts, var writers] => WritingChild.RunAsync(file, int.Parse(acts), int.Parse(writers)),
        [IssuingChild.Verb, var folder] => IssuingChild.RunAsync(folder),
        [IssuingChild.FoundingVerb, var folder] => IssuingChild.FoundAsync(folder),
        _ => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
    };
}
