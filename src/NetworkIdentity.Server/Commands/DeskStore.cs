using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Server.Commands;

/// <summary>What <c>netid desk</c> keeps of one nation, in a file of the person's own: its key, and the access token that is bound to it.</summary>
internal sealed class DeskStore
{
    private readonly string _file;
    private readonly ECDsa _key;

    private DeskStore(string file, ECDsa key) => (_file, _key, Key) = (file, key, SigningKey.FromEcdsa(key));

    /// <summary>The key that proofs of possession are signed with.</summary>
    public SigningKey Key { get; }

    /// <summary>The access token; null where there is none.</summary>
    public string? Token { get; private set; }

    /// <summary>Unix seconds: when it ends.</summary>
    public long ExpiresAt { get; private set; }

    /// <summary>Opens the file of an issuer and a client; one that can't be read is as if there were none.</summary>
    public static DeskStore Open(string issuer, string clientId)
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "netid");
        var file = Path.Combine(folder, $"desk-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{issuer} {clientId}")))[..16]}.json");
        if (File.Exists(file))
        {
            try
            {
                var json = StrictJson.ParseObject(File.ReadAllBytes(file));
                var key = ECDsa.Create();
                key.ImportPkcs8PrivateKey(Convert.FromBase64String(json.RequiredString("key")), out _);
                return new(file, key) { Token = json.OptionalString("access_token"), ExpiresAt = json.OptionalInt64("expires_at") ?? 0 };
            }
            catch (Exception exception) when (exception is Standards.Refusal or FormatException or CryptographicException)
            {
                // Half a file is no key: a new one is made, and asked for tokens of its own.
            }
        }

        return new(file, ECDsa.Create(ECCurve.NamedCurves.nistP256));
    }

    /// <summary>Keeps a token, in a file that nobody else reads.</summary>
    public void Keep(string? token, long expiresAt)
    {
        (Token, ExpiresAt) = (token, expiresAt);
        var json = new JsonObject { ["key"] = Convert.ToBase64String(_key.ExportPkcs8PrivateKey()), ["access_token"] = token, ["expires_at"] = expiresAt };
        var folder = Path.GetDirectoryName(_file)!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Beside it first, so that it is whole whenever it is read.
        var beside = $"{_file}.{RandomId.New()}";
        using (var file = new FileStream(beside, options)) file.Write(StrictJson.Write(json));
        File.Move(beside, _file, overwrite: true);
    }
}
