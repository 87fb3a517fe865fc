SITES = {"main": "https://main.example.com/sync.py", "backup": "https://backup.example.com/sync.py"}
