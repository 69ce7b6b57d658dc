using System.Runtime.InteropServices;
using SQLitePCL;

namespace NetworkIdentity.Registry;

/// <summary>Chooses the SQLite engine: the operating system's patched one where it is present, else the bundled one.</summary>
/// <remarks>
/// The bundle is SQLite 3.35.5 of 2021 and gets no security fixes from the system; it is also slower to share a file between
/// processes. The surprise: the choice must be made before the first call into the provider's assembly.
/// </remarks>
internal static class SqliteLibrary
{
    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3.dll"];

    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Loads the engine once and says which it is, for the log at start.</summary>
    public static string Version => Loaded.Value;

    private static string Load()
    {
        var system = false;
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, assembly, path) =>
        {
            if (name != "e_sqlite3") return IntPtr.Zero;
            foreach (var candidate in SystemNames)
            {
                if (!NativeLibrary.TryLoad(candidate, assembly, DllImportSearchPath.SafeDirectories, out var handle)) continue;
                system = true;
                return handle;
            }

            return IntPtr.Zero;
        });
        Batteries_V2.Init();
        return $"SQLite {raw.sqlite3_libversion().utf8_to_string()} ({(system ? "the operating system's" : "bundled")})";
    }
}
