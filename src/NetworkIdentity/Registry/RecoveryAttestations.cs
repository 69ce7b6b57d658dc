using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Who attested that somebody is the member who lost a wallet: each once, by the table's primary key.</summary>
public static class RecoveryAttestations
{
    /// <summary>What both statements break with.</summary>
    public const string OnceCondition = "attested";

    /// <summary>Attests; breaks with <see cref="OnceCondition"/> where the person has before.</summary>
    public static Statement Insert(string recoveryId, string contactId, long now) => new(
        "INSERT INTO recovery_attestation (recovery_id, contact_id, attested_at) VALUES (@recoveryId, @contactId, @now) ON CONFLICT DO NOTHING",
        new { recoveryId, contactId, now }, OnceCondition);

    /// <summary>Takes it back; breaks with <see cref="OnceCondition"/> where there is none.</summary>
    public static Statement Delete(string recoveryId, string contactId) => new(
        "DELETE FROM recovery_attestation WHERE recovery_id = @recoveryId AND contact_id = @contactId", new { recoveryId, contactId }, OnceCondition);

    /// <summary>Who attested, the first first.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(Database database, string recoveryId) => await database.ReadAsync(async connection =>
        (await connection.QueryAsync<string>("SELECT contact_id FROM recovery_attestation WHERE recovery_id = @recoveryId ORDER BY attested_at, contact_id", new { recoveryId })).AsList());
}
