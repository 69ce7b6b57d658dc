using System.Text.Json;

namespace NetworkIdentity.Server.Practice;

/// <summary>What practice keeps in a file beside the database, for its owner alone.</summary>
internal static class PracticeFile
{
    /// <summary>What the file holds; null where there is none, or it was cut short by a stop in the middle of writing.</summary>
    public static async Task<T?> ReadAsync<T>(string file)
        where T : class
    {
        if (!File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(await File.ReadAllTextAsync(file));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file anew.</summary>
    public static async Task WriteAsync<T>(string file, T content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var stream = new FileStream(file, options);
        await JsonSerializer.SerializeAsync(stream, content);
    }
}
