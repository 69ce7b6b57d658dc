using System.Reflection;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>Files that an assembly carries.</summary>
public static class EmbeddedFile
{
    /// <summary>The bytes of one.</summary>
    /// <exception cref="Refusal">Malformed: the assembly has no such file.</exception>
    public static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw Refusal.Malformed($"{name} is missing");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
