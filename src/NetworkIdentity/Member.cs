using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;

namespace NetworkIdentity;

/// <summary>A person who belongs: a random id that is never given to another, and a key of their own for what is stored about them.</summary>
/// <remarks>Erasing a member destroys the data key: what was sealed under it is gone, in backups too, and the records still verify and revoke.</remarks>
/// <param name="Id">The id, internal to the nation; partners never see it.</param>
/// <param name="State"><see cref="Applied"/>, <see cref="Offered"/>, <see cref="Active"/>, <see cref="Left"/> or <see cref="Erased"/>.</param>
/// <param name="JoinedAt">When they first held a membership credential; null before.</param>
/// <param name="Data">Seals and opens what is stored about the member.</param>
public sealed record Member(string Id, string State, DateTimeOffset? JoinedAt, SealingKey Data)
{
    /// <summary>Somebody asks to become a member.</summary>
    public const string Applied = "applied";

    /// <summary>A credential was offered and not yet taken.</summary>
    public const string Offered = "offered";

    /// <summary>The member holds a credential.</summary>
    public const string Active = "active";

    /// <summary>The member left: they hold nothing but an exit certificate, and nothing else is offered to them unless they are reinstated.</summary>
    public const string Left = "left";

    /// <summary>The key is destroyed: nothing about them can be read any more, and nothing is given to them.</summary>
    public const string Erased = "erased";

    /// <summary>Makes a member, with the statement that keeps them.</summary>
    public static (Member Member, Statement Insert) Create(KeyRing keys, DateTimeOffset now, string state = Offered)
    {
        var id = RandomId.New();
        var dataKey = RandomNumberGenerator.GetBytes(32);
        var row = new Members.Row
        {
            Id = id,
            State = state,
            DataKey = keys.Sealing.Seal(dataKey, Owner(id)),
            CreatedAt = now.ToUnixTimeSeconds(),
        };
        return (new Member(id, state, null, new SealingKey(dataKey)), Members.Insert(row));
    }

    /// <summary>Reads a member; null where the id is unknown or the member erased.</summary>
    public static async Task<Member?> FindAsync(Database database, KeyRing keys, string id) => await Members.FindAsync(database, id) is { State: not Erased } row
        ? new Member(row.Id, row.State, row.JoinedAt is { } joined ? DateTimeOffset.FromUnixTimeSeconds(joined) : null, new SealingKey(keys.Sealing.Open(row.DataKey, Owner(id))))
        : null;

    private static string Owner(string id) => $"member/{id}";
}
