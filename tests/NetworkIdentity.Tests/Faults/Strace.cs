namespace NetworkIdentity.Tests.Faults;

/// <summary>The tool that sees and breaks system calls.</summary>
internal static class Strace
{
    public static void SkipWhereAbsent() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "strace"))),
        "strace is absent");
}
