using NetworkIdentity.SamplePartner;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Practice;

/// <summary>How the sample apps are registered: as any app is, their ids and secrets kept in a file beside the database, as an app's developer would.</summary>
/// <param name="Library">The sample partner app; null where it has no place.</param>
/// <param name="Door">The sample app at a node's door; null where it has no place.</param>
public sealed record PracticeClients(PracticeClients.Client? Library, PracticeClients.Client? Door)
{
    private const string LibraryName = "Harbour Library";

    /// <summary>What an app knows of its registration.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="ClientId">Its client id.</param>
    /// <param name="Secret">Its secret.</param>
    /// <param name="Origin">Where it stands: elsewhere, it is registered anew.</param>
    public sealed record Client(string Name, string ClientId, string Secret, string Origin);

    /// <summary>Reads the registrations, and makes those that are missing.</summary>
    public static async Task<PracticeClients> OpenAsync(NationContext nation, Places places, string folder)
    {
        var file = Path.Combine(folder, "practice-clients.json");
        var known = await PracticeFile.ReadAsync<PracticeClients>(file) ?? new(null, null);
        var clients = new PracticeClients(
            await EnsureAsync(nation, known.Library, places.Library, LibraryName, ["membership"]),
            await EnsureAsync(nation, known.Door, places.Door, $"{await DemoNation.NodeAsync(nation)} Node", ["membership", "residency"]));
        if (clients == known) return clients;
        await PracticeFile.WriteAsync(file, clients);
        return clients;
    }

    private static async Task<Client?> EnsureAsync(NationContext nation, Client? known, string? origin, string name, params IEnumerable<string> types)
    {
        if (origin is null) return null;
        if (known?.Origin == origin && known.Name == name && await Partner.FindAsync(nation.Database, known.ClientId) is { } partner && partner.Policy.Write() == ProofPolicy.Of(types).Write())
            return known;
        var (clientId, secret) = await nation.Registration.RegisterAsync(new ClientRegistration.Request
        {
            Name = name,
            RedirectUris = [origin + SamplePartnerApp.CallbackPath],
            Policy = ProofPolicy.Of(types),

            // Each visit shows something: so each sign-in is a new proof.
            Metadata = new ClientMetadata { DefaultMaxAge = 0 },
        });
        return new(name, clientId, secret!, origin);
    }
}
