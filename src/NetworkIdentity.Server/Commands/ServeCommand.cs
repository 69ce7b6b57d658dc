using System.CommandLine;
using System.Net.Sockets;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Practice;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid serve</c>: serves the nation until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var command = new Command("serve", "Serve the nation (the default)");
        command.SetAction((_, cancellation) => RunAsync(cancellation));
        return command;
    }

    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var builder = CommandEnvironment.Builder();
        var settings = CommandEnvironment.Settings(builder);
        await using var nation = await NationContext.OpenAsync(settings, TimeProvider.System);
        var places = Places.Of(settings, nation.Keys.Nation.Issuer);
        var people = settings.IsPractice ? await PracticePeople.OpenAsync(nation, settings.DataFolder) : null;
        var practice = settings.IsPractice ? await PracticeClients.OpenAsync(nation, places, settings.DataFolder) : null;
        await using var app = Wiring.Build(builder, settings, nation, practice, people);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new SettingsException([$"NETID__Urls: {exception.Message} If another server listens there, stop it, or set NETID__Urls (a practice nation: NETID__Issuer=http://localhost:PORT)"]);
        }

        await nation.Database.CommitAsync(Undelivered.Settle(nation.Time.GetUtcNow().ToUnixTimeSeconds()));
        var undelivered = await Undelivered.OlderThanAsync(nation.Database, DoctorCommand.Settled(nation));
        if (undelivered.Count > 0) app.Logger.LogWarning("{Count} records were made and perhaps never handed to a wallet: netid doctor lists them", undelivered.Count);
        await using var apps = practice is null ? null : await StartAppsAsync(settings, nation, practice, app.Services.GetRequiredService<ILoggerFactory>());
        var addresses = string.Join(", ", settings.ListenAddresses(nation.Keys.Nation.Issuer).Select(address => address.GetLeftPart(UriPartial.Authority)));
        await Console.Out.WriteLineAsync($"{nation.Keys.Nation.Name} is open at {nation.Keys.Nation.Issuer} (listening on {addresses})");
        if (practice is not null) await SayWhatToOpenAsync(nation.Keys.Nation, places, practice);
        else if (settings.IsDevelopment) await Console.Out.WriteLineAsync("Next, in another terminal: offer someone a membership credential with: netid offer membership");
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }

    private static async Task<SampleApps> StartAppsAsync(Settings settings, NationContext nation, PracticeClients practice, ILoggerFactory log)
    {
        var isHttps = new[] { practice.Library, practice.Door }.Any(client => client?.Origin.StartsWith("https:", StringComparison.Ordinal) == true);
        return await SampleApps.StartAsync(
            nation.Keys.Nation,
            practice,
            await DemoNation.NodeAsync(nation),
            isHttps ? Wiring.Https(settings, nation) : null,
            settings.DevelopmentTls ? nation.Keys.Roots[^1] : null,
            log);
    }

    private static async Task SayWhatToOpenAsync(Nation nation, Places places, PracticeClients practice)
    {
        var lines = new List<string> { "", $"Open {nation.Issuer} in a browser: the tour is six steps, and needs nothing else." };
        if (places.Wallet is not null) lines.Add($"  {"a wallet in the browser",-24} {places.Wallet}");
        foreach (var client in new[] { practice.Library, practice.Door }.OfType<PracticeClients.Client>()) lines.Add($"  {client.Name,-24} {client.Origin}");
        lines.Add("Ctrl+C stops it.");
        foreach (var line in lines) await Console.Out.WriteLineAsync(line);
    }
}
