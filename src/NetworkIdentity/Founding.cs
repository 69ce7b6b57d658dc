using System.Security.Cryptography;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;

namespace NetworkIdentity;

/// <summary>Founds the nation, once, and opens it ever after.</summary>
public static class Founding
{
    /// <summary>What stands for the version of the charter until one is adopted.</summary>
    public const string FirstVersion = "founding-1";

    private static readonly byte[] SecretCheck = "network-identity"u8.ToArray();

    /// <summary>Founds the nation where there is none.</summary>
    /// <returns>False where a nation had been founded before: it is left as it is.</returns>
    public static async Task<bool> FoundAsync(Database database, TimeProvider time, string secret, string name, string issuer)
    {
        var sealing = SealingKey.Derive(KeyRing.MasterFrom(secret), "seal");
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var broken = await database.CommitAsync(
            Nations.Insert(new Nations.Row
            {
                Name = name,
                Issuer = issuer,
                Phase = Mandate.FoundingPhase,
                CharterVersion = FirstVersion,
                SecretCheck = sealing.Seal(SecretCheck, "nation"),
                FoundedAt = now,
            }),
            Journal.Write("found", "nation", Mandate.Founder, null, now));
        return broken is null;
    }

    /// <summary>Opens the nation's keys.</summary>
    /// <returns>Null where no nation has been founded.</returns>
    /// <exception cref="CryptographicException">The secret is not the one the nation was founded with.</exception>
    public static async Task<KeyRing?> OpenAsync(Database database, TimeProvider time, string secret)
    {
        if (await Nations.FindAsync(database) is not { } row) return null;
        SealingKey.Derive(KeyRing.MasterFrom(secret), "seal").Open(row.SecretCheck, "nation");
        return await KeyRing.OpenAsync(database, time, secret, new Nation(row.Name, row.Issuer)
        {
            Epoch = row.Epoch,
            LogGeneration = row.LogGeneration,
        });
    }
}
