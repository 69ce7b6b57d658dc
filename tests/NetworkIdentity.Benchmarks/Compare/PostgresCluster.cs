using System.Diagnostics;
using Npgsql;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A PostgreSQL cluster of Debian's own on 127.0.0.1, its durability left on.</summary>
internal sealed class PostgresCluster : IDisposable
{
    private static readonly string? Binaries = Find();

    private readonly string _folder = Directory.CreateTempSubdirectory("netid-bench-pg-").FullName;
    private int _databases;

    public PostgresCluster()
    {
        Port = Ports.Free();
        if (IsRoot) Run("chown", "postgres", _folder);
        RunAsServer("initdb", "--pgdata", Data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-instructions", "--no-sync");
        File.AppendAllLines(Path.Combine(Data, "postgresql.conf"),
        [
            "listen_addresses = '127.0.0.1'", $"port = {Port}", $"unix_socket_directories = '{_folder}'", "max_connections = 200", "shared_buffers = 512MB", "max_wal_size = 4GB",
        ]);
        RunAsServer("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--log", Path.Combine(_folder, "log"), "start");
    }

    /// <summary>Whether this machine has it.</summary>
    public static bool IsThere => Binaries is not null;

    private static bool IsRoot => Environment.UserName == "root";

    private int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A new, empty database, by its connection string.</summary>
    public string NewDatabase()
    {
        var name = $"netid_{++_databases}";
        using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        connection.Open();
        using var create = connection.CreateCommand();
#pragma warning disable CA2100 // A number.
        create.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        create.ExecuteNonQuery();
        return ConnectionString(name);
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) RunAsServer("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--mode", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Maximum Pool Size=80";

    private static string? Find()
    {
        var folders = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")) : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private static void RunAsServer(string program, params string[] arguments)
    {
        var path = Path.Combine(Binaries!, program);
        if (IsRoot) Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else Run(path, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server keeps what it inherits open: so it gets no pipe of ours.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1 < /dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
