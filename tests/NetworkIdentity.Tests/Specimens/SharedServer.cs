namespace NetworkIdentity.Tests.Specimens;

/// <summary>One server for the tests of a class, each with clients, browsers and wallets of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
