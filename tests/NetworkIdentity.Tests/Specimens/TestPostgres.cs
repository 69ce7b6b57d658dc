using System.Diagnostics;
using Dapper;
using NetworkIdentity.Registry;
using Npgsql;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A real PostgreSQL cluster on 127.0.0.1, with its durability left on. One is shared by all tests; those that stop it have their own.</summary>
internal sealed class TestPostgres : IDisposable
{
    private static readonly Lazy<TestPostgres> Common = new(() => new TestPostgres());

    private static int _databases;

    private readonly string _folder = Directory.CreateTempSubdirectory("netid-pg-").FullName;
    private readonly Lazy<string> _template;

    public TestPostgres(params string[] settings)
        : this(null, settings)
    {
    }

    private TestPostgres(TestPostgres? primary, string[] settings)
    {
        if (Binaries is null) Assert.Skip("PostgreSQL is absent");
        Port = TestServer.FreePort();
        if (IsRoot) Run("chown", "postgres", _folder);
        if (primary is null) RunAsServer("initdb", "--pgdata", Data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-instructions");
        else RunAsServer("pg_basebackup", "--pgdata", Data, "--dbname", primary.ConnectionUri, "--checkpoint", "fast", "--write-recovery-conf");
        string[] all =
        [
            "listen_addresses = '127.0.0.1'", $"port = {Port}", $"unix_socket_directories = '{_folder}'", "max_connections = 600", "shared_buffers = 64MB", .. settings,
        ];
        File.AppendAllLines(Path.Combine(Data, "postgresql.conf"), all);
        Start();
        _template = new Lazy<string>(MakeTemplate);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Whether this run of the tests is on PostgreSQL: <c>NETID_TEST_POSTGRES=1</c>.</summary>
    public static bool IsEngine => Environment.GetEnvironmentVariable("NETID_TEST_POSTGRES") == "1";

    /// <summary>The cluster of all tests that do it no harm.</summary>
    public static TestPostgres Shared => Common.Value;

    public int Port { get; }

    public string Folder => _folder;

    private static bool IsRoot => Environment.UserName == "root";

    private static string? Binaries { get; } = Find();

    private string Data => Path.Combine(_folder, "data");

    private string ConnectionUri => $"postgresql://postgres@127.0.0.1:{Port}/postgres";

    /// <summary>A copy that follows this one; from now on nothing is acknowledged here that is not written there.</summary>
    public TestPostgres AddSynchronousStandby()
    {
        var standby = new TestPostgres(this, []);
        Set("synchronous_standby_names = '*'");
        return standby;
    }

    /// <summary>Changes a setting that needs no restart.</summary>
    public void Set(string setting)
    {
        Execute($"ALTER SYSTEM SET {setting}");
        Execute("SELECT pg_reload_conf()");
    }

    /// <summary>A standby becomes the primary.</summary>
    public void Promote() => RunAsServer("pg_ctl", "--pgdata", Data, "--wait", "--silent", "promote");

    /// <summary>The machine is gone.</summary>
    public void Kill()
    {
        var pidFile = Path.Combine(Data, "postmaster.pid");
        using (var process = Process.GetProcessById(int.Parse(File.ReadLines(pidFile).First()))) process.Kill(entireProcessTree: true);
        File.Delete(pidFile);
    }

    /// <summary>A new database with this program's schema, by its connection string.</summary>
    public string NewDatabase(bool isEmpty = false)
    {
        var name = $"netid_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        Execute(isEmpty ? $"CREATE DATABASE {name}" : $"CREATE DATABASE {name} TEMPLATE {_template.Value}");
        return ConnectionString(name);
    }

    /// <summary>Removes a database, whoever is connected to it.</summary>
    public void Drop(string connectionString) => Execute($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Maximum Pool Size=20;Connection Idle Lifetime=5;Connection Pruning Interval=1;GSS Encryption Mode=Disable";

    public void Start() => RunAsServer("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--log", Path.Combine(_folder, "log"), "start");

    /// <summary>Stops it; <c>immediate</c> is as a crash.</summary>
    public void Stop(string mode = "fast") => RunAsServer("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--mode", mode, "stop");

    /// <summary>All that a logical dump of a database holds, binary values as they are.</summary>
    public static byte[] Dump(string connectionString)
    {
        using var connection = TestStore.Connect(connectionString);
        using var all = new MemoryStream();
        foreach (var table in connection.Query<string>("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
        {
            foreach (IDictionary<string, object?> row in connection.Query($"SELECT * FROM {table}"))
                foreach (var value in row.Values) all.Write(value as byte[] ?? System.Text.Encoding.UTF8.GetBytes($"{value}\n"));
        }

        return all.ToArray();
    }

    /// <summary>Runs SQL as the superuser, outside any transaction.</summary>
    public void Execute(string sql, string database = "postgres")
    {
        using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        connection.Execute(sql);
    }

    public void Dispose()
    {
        if (!Directory.Exists(_folder)) return;
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) Stop("immediate");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs a program of PostgreSQL as the user that it agrees to run as.</summary>
    public static void RunAsServer(string program, params string[] arguments)
    {
        var path = Path.Combine(Binaries!, program);
        if (IsRoot) Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else Run(path, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server keeps what it inherits open: so it gets no pipe of ours.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$0\" \"$@\" > /dev/null 2>&1 < /dev/null");
        foreach (var argument in (string[])[program, .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static string? Find()
    {
        var folders = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")) : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private string MakeTemplate()
    {
        Execute("CREATE DATABASE netid_template");
        Database.Open(ConnectionString("netid_template") + ";Pooling=false", TimeProvider.System).DisposeAsync().AsTask().GetAwaiter().GetResult();
        return "netid_template";
    }
}
