using System.Reflection;

namespace NetworkIdentity.Standards.Encoding;

/// <summary>Files that an assembly carries.</summary>
public static class EmbeddedFile
{
    /// <summary>The bytes of one.</summary>
    /// <exception cref="InvalidOperationException">The assembly was built without it.</exception>
    public static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is missing in {assembly.GetName().Name}");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
