using System.Diagnostics;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A disk of its own, small enough to fill.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    public static SmallDisk OrSkip(int kilobytes)
    {
        var folder = Directory.CreateTempSubdirectory("netid-disk-").FullName;
        var mounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", folder);
        if (!mounted) Directory.Delete(folder);
        Assert.SkipUnless(mounted, "a disk to fill can be mounted by root alone");
        return new SmallDisk(folder);
    }

    /// <summary>Fills what is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Path.Combine(Folder, "filler"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full, which was the aim.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Clear() => File.Delete(Path.Combine(Folder, "filler"));

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
