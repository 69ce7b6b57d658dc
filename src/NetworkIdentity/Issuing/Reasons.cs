using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Issuing;

/// <summary>Why an act was done, sealed under the key of the member it was done to: for one offer and one act.</summary>
internal static class Reasons
{
    /// <summary>Seals a reason.</summary>
    /// <exception cref="Refusal"><c>unknown_member</c>.</exception>
    public static async Task<byte[]> SealAsync(Database database, KeyRing keys, string memberId, string offerId, string reason, string act)
    {
        var member = await Member.FindAsync(database, keys, memberId) ?? throw NationRefusal.UnknownMember();
        return member.Data.Seal(System.Text.Encoding.UTF8.GetBytes(reason), Owner(offerId, act));
    }

    /// <summary>Opens a reason; null where there is none.</summary>
    public static async Task<string?> OpenAsync(Database database, KeyRing keys, Credentials.Row record, byte[]? reason, string act) =>
        reason is not null && await Member.FindAsync(database, keys, record.MemberId) is { } member
            ? System.Text.Encoding.UTF8.GetString(member.Data.Open(reason, Owner(record.OfferId, act)))
            : null;

    private static string Owner(string offerId, string act) => $"offer/{offerId}/{(act == "revoke" ? "revocation" : act)}";
}
