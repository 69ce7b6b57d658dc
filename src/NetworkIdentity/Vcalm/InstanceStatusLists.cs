using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Vcalm;

/// <summary>The statuses of what instances issued, and the lists that say them, signed by the instance's key [BSL §2.2] [VCALM §Update Status].</summary>
/// <remarks>Not the nation's lists: no version of them is kept, and none is in the public log. A list is made anew when it is asked for and something changed.</remarks>
public sealed class InstanceStatusLists(Database database, Instances instances, TimeProvider time)
{
    /// <summary>A list is left for the next when so many draws in a row find a taken slot: that is when three quarters of it are.</summary>
    private const int FullAfter = 32;

    private const string Lists = "/status-lists/";

    /// <summary>How long a list may be relied on, and how long a copy be kept.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1), Ttl = TimeSpan.FromMinutes(5), Renewal = TimeSpan.FromHours(1);

    private static readonly string[] Purposes = [StatusPurpose.Revocation, StatusPurpose.Suspension];

    private readonly ConcurrentDictionary<string, (string Slots, DateTimeOffset At, JsonObject Signed)> _made = new();

    /// <summary>Takes a slot for a credential.</summary>
    /// <returns>The entries that go into it.</returns>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR: the instance issued a credential of that id.</exception>
    internal async Task<IReadOnlyList<BitstringStatusListEntry>> TakeAsync(Instance instance, string credentialId)
    {
        var (name, digest) = (instance.Options.Name, RandomId.Digest(credentialId));
        for (var list = await InstanceStatuses.NewestListAsync(database, name) ?? 0; ; list++)
        {
            for (var draw = 0; draw < FullAfter; draw++)
            {
                if (await InstanceStatuses.FindAsync(database, name, digest) is not null) throw VcalmRefusal.Duplicate();
                var slot = RandomNumberGenerator.GetInt32(StatusList.MinBitstringSize);
                var row = new InstanceStatuses.Row { Instance = name, List = list, Slot = slot, CredentialDigest = digest, CreatedAt = time.GetUtcNow().ToUnixTimeSeconds() };
                if (await database.CommitAsync(InstanceStatuses.Insert(row)) is null)
                    return [.. Purposes.Select(purpose => new BitstringStatusListEntry(purpose, $"{instance.Url}{Lists}{list}-{purpose}", slot))];
            }
        }
    }

    /// <summary>Sets the status of a credential.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="body">The body of the request.</param>
    /// <exception cref="Refusal">PARSING_ERROR, MALFORMED_VALUE_ERROR, UNKNOWN_OPTION_PROVIDED; <c>not_found</c>: the instance issued no such credential.</exception>
    public async Task SetAsync(Instance instance, ReadOnlyMemory<byte> body)
    {
        var request = InstanceRequest.Parse(body);
        InstanceRequest.RefuseUnknown(request, ["credentialId", "credentialStatus", "status", "indexAllocator"]);
        var (id, status, isSet) = InstanceRequest.Malformed(() => (
            request.RequiredString("credentialId"), request.RequiredObject("credentialStatus"), request.OptionalBoolean("status") ?? throw Refusal.Malformed("status is missing")));
        InstanceRequest.RefuseUnknown(status, ["id", "type", "statusPurpose", "statusListIndex", "statusListCredential"]);
        var (type, purpose, index, list) = InstanceRequest.Malformed(() => (
            status.RequiredString("type"), status.RequiredString("statusPurpose"), status.OptionalString("statusListIndex"), status.OptionalString("statusListCredential")));
        if (type != BitstringStatusListEntry.Type || !Purposes.Contains(purpose)) throw CredentialRefusal.Malformed($"credentialStatus must be a {BitstringStatusListEntry.Type} for {string.Join(" or ", Purposes)}");

        // What the request says of the entry must be so: a client that means another credential is told.
        var digest = RandomId.Digest(id);
        var row = await InstanceStatuses.FindAsync(database, instance.Options.Name, digest) ?? throw VcalmRefusal.NotFound("this instance issued no credential of that id with a status");
        if ((index is not null && index != row.Slot.ToString(System.Globalization.CultureInfo.InvariantCulture)) || (list is not null && list != $"{instance.Url}{Lists}{row.List}-{purpose}"))
            throw CredentialRefusal.Malformed("credentialStatus is not the credential's");
        if (purpose == StatusPurpose.Revocation && !isSet && row.Revoked == 1) throw CredentialRefusal.Malformed("a revocation is not taken back");
        if (purpose == StatusPurpose.Suspension) await database.CommitAsync(InstanceStatuses.Suspend(row.Instance, digest, isSet));
        else if (isSet) await database.CommitAsync(InstanceStatuses.Revoke(row.Instance, digest));
    }

    /// <summary>The list at a URL, signed; null where there is none of an instance.</summary>
    public async Task<JsonObject?> FindAsync(string url)
    {
        if (instances.All.FirstOrDefault(one => one.Options.HasStatus && url.StartsWith(one.Url + Lists, StringComparison.Ordinal)) is not { } instance) return null;
        if (url[(instance.Url.Length + Lists.Length)..].Split('-') is not [var number, var purpose] || !Purposes.Contains(purpose)
            || !long.TryParse(number, System.Globalization.NumberStyles.None, null, out var list) || number != list.ToString(System.Globalization.CultureInfo.InvariantCulture)
            || !(list <= await InstanceStatuses.NewestListAsync(database, instance.Options.Name)))
        {
            return null;
        }

        var set = await InstanceStatuses.SetAsync(database, instance.Options.Name, list, purpose);
        var (slots, now) = (string.Join(' ', set), time.GetUtcNow());
        if (_made.TryGetValue(url, out var made) && made.Slots == slots && made.At <= now && now < made.At + Renewal) return made.Signed;
        var bits = StatusList.Of(1, StatusList.MinBitstringSize, set.Select(slot => (slot, (TokenStatus)1)), StatusListFormat.Bitstring);
        var signed = await instance.SecureAsync(BitstringStatusListCredential.Content(url, instance.Did, [purpose], bits, now, now + Lifetime, Ttl), now);
        _made[url] = (slots, now, signed);
        return signed;
    }
}
