using System.Diagnostics;

namespace NetworkIdentity.Tests.Faults;

/// <summary>The tool that sees and breaks system calls.</summary>
internal static class Strace
{
    private static readonly Lazy<bool> Works = new(Try);

    public static void SkipWhereAbsent() => Assert.SkipUnless(Works.Value, "strace is absent, or may not trace here");

    private static bool Try()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", ["-f", "-qq", "-o", "/dev/null", "true"]) { RedirectStandardError = true, UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
