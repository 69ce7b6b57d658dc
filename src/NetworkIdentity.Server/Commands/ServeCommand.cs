using System.CommandLine;
using System.Net.Sockets;
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
        var practice = settings.IsPractice ? await PracticeClients.OpenAsync(nation, places, Path.GetDirectoryName(settings.DatabaseFile)!) : null;
        await using var app = Wiring.Build(builder, settings, nation, practice);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new SettingsException([$"NETID__Urls: {exception.Message}"]);
        }

        var addresses = string.Join(", ", settings.ListenAddresses(nation.Keys.Nation.Issuer).Select(address => address.GetLeftPart(UriPartial.Authority)));
        await Console.Out.WriteLineAsync($"{nation.Keys.Nation.Name} is open at {nation.Keys.Nation.Issuer} (listening on {addresses})");
        if (settings.IsDevelopment)
            await Console.Out.WriteLineAsync("Next, in another terminal: offer someone a membership credential with: netid offer membership");
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }
}
