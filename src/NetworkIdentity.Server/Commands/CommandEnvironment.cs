using Microsoft.Extensions.Configuration.Json;

namespace NetworkIdentity.Server.Commands;

/// <summary>What a command works in: the configuration of this process, and the nation it names.</summary>
internal static class CommandEnvironment
{
    /// <summary>The builder with the configuration: appsettings.json beside the program, then in the working directory, then the environment.</summary>
    public static WebApplicationBuilder Builder()
    {
        // The configuration is read once. To watch its files would be to watch the folder, and the database writes there.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = Directory.GetCurrentDirectory(),
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        var beside = Path.Combine(AppContext.BaseDirectory, "appsettings.json");
        if (!File.Exists(Path.Combine(Directory.GetCurrentDirectory(), "appsettings.json")) && File.Exists(beside))
        {
            var source = new JsonConfigurationSource { Path = beside };
            source.ResolveFileProvider();
            builder.Configuration.Sources.Insert(0, source);
        }

        return builder;
    }

    /// <summary>The settings of this process.</summary>
    /// <exception cref="SettingsException">They are wrong.</exception>
    public static Settings Settings(WebApplicationBuilder builder) =>
        NetworkIdentity.Server.Settings.Read(builder.Configuration, builder.Environment.IsDevelopment());

    /// <summary>Does something with the nation, and closes it.</summary>
    public static async Task<int> WithNationAsync(Func<NationContext, Task<int>> act)
    {
        await using var nation = await NationContext.OpenAsync(Settings(Builder()), TimeProvider.System, founds: false);
        return await act(nation);
    }

    /// <summary>The bytes of a file that a command was given.</summary>
    /// <exception cref="SettingsException">There is none, or it is larger than what it should be can be.</exception>
    public static async Task<byte[]> ReadAsync(string file, int most)
    {
        if (!File.Exists(file)) throw new SettingsException([$"There is no file {file}"]);
        if (new FileInfo(file).Length > most) throw new SettingsException([$"{file} is larger than {most} bytes"]);
        return await File.ReadAllBytesAsync(file);
    }
}
